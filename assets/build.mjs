// Builds hub/static/dist: style sheets, scripts, icon sprite, fonts and manifest.json.
// Run from the project's root after `npm ci`: node assets/build.mjs
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import zlib from "node:zlib";
import * as esbuild from "esbuild";
import { prune } from "./prune.mjs";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const dist = path.join(root, "hub/static/dist");
const inRoot = (...parts) => path.join(root, ...parts);
const fresh = inRoot(".state/assets.new");
const old = inRoot(".state/assets.old");
const hash = (content) => createHash("sha256").update(content).digest("hex").slice(0, 10);

const lighterTabler = {
  name: "lighter-tabler",
  setup(build) {
    build.onLoad({ filter: /tabler\.css$/, namespace: "file" }, async ({ path: file }) =>
      file.includes("node_modules") ? { contents: prune(await readFile(file, "utf8")), loader: "css" } : null,
    );
  },
};

const COMMON = {
  absWorkingDir: root,
  outdir: path.relative(root, fresh),
  entryNames: "[name].[hash]",
  chunkNames: "[name].[hash]",
  assetNames: "[name].[hash]",
  bundle: true,
  minify: true,
  metafile: true,
  target: ["chrome123", "firefox121", "safari17.5"],
  loader: { ".woff2": "file" },
  plugins: [lighterTabler],
  logLevel: "warning",
};

/** Scripts and style sheets. The network page is a module, so that what isn't needed at once comes later; its worker stands alone. */
async function bundle() {
  const results = await Promise.all([
    esbuild.build({ ...COMMON, entryPoints: ["assets/js/app.js", "assets/js/running.js", "assets/js/door.js", "assets/js/workshop.js", "assets/css/app.css", "assets/js/network-worker.js"], format: "iife" }),
    esbuild.build({ ...COMMON, entryPoints: ["assets/js/network.js"], format: "esm", splitting: true }),
  ]);
  const manifest = {};
  for (const [output, meta] of results.flatMap((result) => Object.entries(result.metafile.outputs))) {
    const file = path.basename(output);
    const lazy = meta.entryPoint?.startsWith("assets/js/network/");
    if (meta.entryPoint && !lazy) manifest[path.basename(meta.entryPoint)] = file;
    else if (file.endsWith(".css")) manifest[file.replace(/\.[^.]+\.css$/, ".css")] = file;
    else if (file.endsWith(".woff2")) manifest[file.replace(/\.[^.]+\.woff2$/, ".woff2")] = file;
  }
  return manifest;
}

/** Beside each text, the same compressed: the server sends what the browser reads (hub/core/compression.py). */
async function compress() {
  const brotli = promisify(zlib.brotliCompress);
  const gzip = promisify(zlib.gzip);
  for (const name of (await readdir(fresh)).filter((file) => /\.(?:js|css|svg)$/.test(file))) {
    const content = await readFile(path.join(fresh, name));
    await writeFile(path.join(fresh, `${name}.br`), await brotli(content));
    await writeFile(path.join(fresh, `${name}.gz`), await gzip(content, { level: 9 }));
  }
}

/** Every file below a folder that ends in one of the given ways; none where the folder is absent. */
async function filesBelow(folder, endings) {
  if (!existsSync(inRoot(folder))) return [];
  const entries = await readdir(inRoot(folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
}

/** Names of icons: those of assets/icons.txt and those that templates and views name literally. */
async function iconNames() {
  const listed = (await readFile(inRoot("assets/icons.txt"), "utf8")).split(/\s+/).filter(Boolean);
  const sources = [...(await filesBelow("templates", [".html"])), ...(await filesBelow("hub", [".py"]))];
  const named = [];
  for (const file of sources) {
    for (const match of (await readFile(file, "utf8")).matchAll(/\bicon(?:\(|["']?[:=]\s*)["']([a-z0-9-]+)["']/g)) named.push(match[1]);
  }
  return [...new Set([...listed, ...named])].sort();
}

/** One SVG with a symbol per icon. A name that Tabler does not know stops the build. */
async function sprite() {
  const symbols = [];
  for (const name of await iconNames()) {
    const filled = name.endsWith("-filled");
    const source = filled
      ? inRoot("node_modules/@tabler/icons/icons/filled", `${name.slice(0, -"-filled".length)}.svg`)
      : inRoot("node_modules/@tabler/icons/icons/outline", `${name}.svg`);
    if (!existsSync(source)) throw new Error(`No icon is called "${name}": see https://tabler.io/icons`);
    const shapes = (await readFile(source, "utf8"))
      .replace(/<!--.*?-->/gs, "")
      .replace(/^.*?<svg[^>]*>/s, "")
      .replace(/<\/svg>\s*$/s, "")
      .replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*\/>/, "")
      .replace(/\s+/g, " ")
      .trim();
    const paint = filled
      ? 'fill="currentColor" stroke="none"'
      : 'fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"';
    symbols.push(`<symbol id="${name}" viewBox="0 0 24 24" ${paint}>${shapes}</symbol>`);
  }
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`;
}

/** Writes a file under its hashed name and returns that name. */
async function writeHashed(name, content) {
  const { name: stem, ext } = path.parse(name);
  const hashed = `${stem}.${hash(content)}${ext}`;
  await writeFile(path.join(fresh, hashed), content);
  return hashed;
}

/** The TTF fonts that documents embed, with their licences: the list is assets/fonts.txt. */
async function documentFonts() {
  const list = inRoot("assets/fonts.txt");
  if (!existsSync(list)) return;
  await mkdir(path.join(fresh, "fonts"), { recursive: true });
  for (const line of (await readFile(list, "utf8")).split("\n").map((text) => text.replace(/#.*/, "").trim()).filter(Boolean)) {
    const [source, name = path.basename(source)] = line.split(/\s+/);
    await copyFile(inRoot("node_modules", source), path.join(fresh, "fonts", name));
  }
}

await rm(fresh, { recursive: true, force: true });
await mkdir(fresh, { recursive: true });
const manifest = await bundle();
manifest["icons.svg"] = await writeHashed("icons.svg", await sprite());
for (const image of await filesBelow("assets/images", [".svg", ".png"])) {
  manifest[path.basename(image)] = await writeHashed(path.basename(image), await readFile(image));
}
await documentFonts();
await compress();
const sorted = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => a.localeCompare(b)));
await writeFile(path.join(fresh, "manifest.json"), `${JSON.stringify(sorted, null, 2)}\n`);
// Two renames put the finished folder in the old one's place: nobody is served half a build.
await rm(old, { recursive: true, force: true });
if (existsSync(dist)) await rename(dist, old);
await mkdir(path.dirname(dist), { recursive: true });
await rename(fresh, dist);
await rm(old, { recursive: true, force: true });
console.log(`hub/static/dist: ${Object.keys(sorted).length} files in the manifest`);
