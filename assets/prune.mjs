// Tabler brings every component it knows; these families never stand in our pages. Without them the style sheet weighs
// less than half, which a phone on a train feels.
const HUES = "(?:blue|azure|indigo|purple|pink|red|orange|yellow|lime|green|teal|cyan|gray|black|x|facebook|twitter|linkedin|google|youtube|vimeo|dribbble|github|instagram|pinterest|vk|rss|flickr|bitbucket|tabler)";
const UNUSED = new RegExp(
  [
    `\\.(?:accordion|apexcharts|avatar|btn-animate|calendar|carousel|chart|chat|chip|chips|demo|dropdown|dropup|dropend|dropstart|dropzone|fc|fslightbox|hero|jvm|legend|litepicker|modal|navbar|noUi|offcanvas|otp|pagination|payment|placeholder|plyr|popover|pricing|ribbon|segmented|shape|signal|skeleton|social|spinner|star|steps|swatch|switch-icon|tag|toast|tom|tooltip|tox|tracking|ts|typed|vr)(?![a-zA-Z])`,
    `\\.(?:bg|text|border|link|btn|btn-outline|btn-ghost|badge|status|alert|ribbon|chart|icon|divide|card|table|form)-${HUES}(?![a-z])`,
    "\\.bg-(?:gradient|primary|secondary|success|info|warning|danger|light|dark|muted|pattern)",
    "\\.(?:btn|btn-outline|btn-ghost|alert|link|table|list-group-item|text-bg|border)-(?:secondary|success|info|warning|light|dark|muted)(?![a-z])",
    "\\.(?:was-validated|form-(?:selectgroup|imagecheck|floating|colorinput|range|colorcheck)|card-(?:gradient|tabs|rotate|stamp)|link-underline|focus-ring|table-(?:mobile|sort)|nav-segmented|page-link|page-item|theme-|text-bg|prose|status|divide)",
    "data-bs-(?:navbar|sidebar)|data-vc|data-bs-theme-(?:primary|base|font|radius)|\\[dir=.?rtl",
  ].join("|"),
);

/** Splits a list of selectors at the commas that stand outside brackets. */
function selectors(prelude) {
  const parts = [""];
  let depth = 0;
  for (const sign of prelude) {
    if (sign === "(") depth += 1;
    if (sign === ")") depth -= 1;
    if (sign === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += sign;
  }
  return parts;
}

/** Where the block that opens at `start` closes. */
function blockEnd(css, start) {
  let depth = 0;
  for (let at = start; at < css.length; at += 1) {
    if (css[at] === '"' || css[at] === "'") at = css.indexOf(css[at], at + 1);
    else if (css[at] === "{") depth += 1;
    else if (css[at] === "}" && (depth -= 1) === 0) return at;
  }
  throw new Error("a block of the style sheet is not closed");
}

/** The style sheet without the rules of families that we don't use. Comments go too, the first one stays. */
export function prune(css) {
  const licence = css.match(/\/\*![\s\S]*?\*\//)?.[0] ?? "";
  return licence + pruneRules(css.replace(/\/\*[\s\S]*?\*\//g, ""));
}

function pruneRules(css) {
  let kept = "";
  let at = 0;
  while (at < css.length) {
    const open = css.indexOf("{", at);
    const semicolon = css.indexOf(";", at);
    if (open === -1) return kept + css.slice(at);
    if (semicolon !== -1 && semicolon < open) {
      kept += css.slice(at, semicolon + 1);
      at = semicolon + 1;
      continue;
    }
    const close = blockEnd(css, open);
    const prelude = css.slice(at, open).trim();
    const body = css.slice(open + 1, close);
    at = close + 1;
    if (/^@(?:media|supports|layer|container)/.test(prelude)) {
      const inner = pruneRules(body);
      if (inner.trim()) kept += `${prelude}{${inner}}\n`;
    } else if (prelude.startsWith("@")) {
      kept += `${prelude}{${body}}\n`;
    } else {
      const wanted = selectors(prelude).filter((selector) => !UNUSED.test(selector));
      if (wanted.length) kept += `${wanted.join(",")}{${body}}\n`;
    }
  }
  return kept;
}
