import decodeQR from "qr/decode.js";

const PAUSE = 120; // milliseconds between two looks
const WIDEST = 800; // a larger picture only takes longer
const SAME_AGAIN = 4000; // the same code held before the camera counts once

/** Looks through the phone's camera for codes. `read(text)` is told each code once. */
export class Camera {
  constructor(video, read) {
    this.video = video;
    this.read = read;
    this.canvas = document.createElement("canvas");
    this.pen = this.canvas.getContext("2d", { willReadFrequently: true });
    this.last = "";
    this.lastAt = 0;
    this.native = "BarcodeDetector" in window ? new window.BarcodeDetector({ formats: ["qr_code"] }) : null;
  }

  /** Raises where there is no camera, or it is refused. */
  async start() {
    this.stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: { ideal: "environment" } }, audio: false });
    this.video.srcObject = this.stream;
    this.video.hidden = false;
    await this.video.play();
    this.look();
  }

  stop() {
    clearTimeout(this.timer);
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    this.video.srcObject = null;
    this.video.hidden = true;
  }

  get isOn() {
    return Boolean(this.stream);
  }

  async look() {
    const text = await this.decode();
    if (!this.isOn) return;
    if (text) this.found(text);
    this.timer = setTimeout(() => this.look(), PAUSE);
  }

  found(text) {
    const now = Date.now();
    if (text !== this.last || now - this.lastAt > SAME_AGAIN) this.read(text);
    this.last = text;
    this.lastAt = now;
  }

  /** What a code in the picture says, or "". The browser's own reader is asked where there is one. */
  async decode() {
    if (!this.video.videoWidth) return "";
    try {
      if (this.native) return (await this.native.detect(this.video))[0]?.rawValue ?? "";
    } catch {
      this.native = null; // named, but not there: some desktops
    }
    return decode(this.frame());
  }

  frame() {
    const { videoWidth, videoHeight } = this.video;
    const scale = Math.min(1, WIDEST / videoWidth);
    this.canvas.width = Math.round(videoWidth * scale);
    this.canvas.height = Math.round(videoHeight * scale);
    this.pen.drawImage(this.video, 0, 0, this.canvas.width, this.canvas.height);
    return this.pen.getImageData(0, 0, this.canvas.width, this.canvas.height);
  }
}

/** What a code in a picture says, or "" where there is none. */
export function decode(picture) {
  try {
    return decodeQR(picture);
  } catch {
    return ""; // no code in it, or not all of it
  }
}
