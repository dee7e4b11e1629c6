import { NodeProgram } from "sigma/rendering";
import { floatColor } from "sigma/utils";
import { REACH, SHAPES } from "./style.js";

const { FLOAT, TRIANGLES, UNSIGNED_BYTE } = WebGLRenderingContext;
const CORNERS = [[-1, -1], [1, -1], [-1, 1], [-1, 1], [1, -1], [1, 1]];

/** A square around each node, large enough for its shape and outline; the unit of v_at is the pixel, y upwards. */
const VERTEX = `
attribute vec4 a_id;
attribute vec4 a_color;
attribute vec4 a_outline;
attribute vec4 a_form;
attribute vec2 a_position;
attribute float a_size;
attribute vec2 a_corner;

uniform mat3 u_matrix;
uniform float u_sizeRatio;
uniform float u_correctionRatio;

varying vec4 v_color;
varying vec4 v_outline;
varying vec4 v_form;
varying vec2 v_at;
varying float v_radius;

const float bias = 255.0 / 254.0;

void main() {
  if (a_size <= 0.0) {
    gl_Position = vec4(2.0, 2.0, 0.0, 1.0);
    return;
  }
  v_radius = a_size / u_sizeRatio;
  v_at = a_corner * (v_radius * ${REACH.toFixed(2)} + 3.0);
  vec2 position = a_position + v_at * 2.0 * u_correctionRatio;
  gl_Position = vec4((u_matrix * vec3(position, 1)).xy, 0, 1);
  v_form = a_form;
  v_outline = a_outline;
  v_outline.a *= bias;
  #ifdef PICKING_MODE
  v_color = a_id;
  #else
  v_color = a_color;
  #endif
  v_color.a *= bias;
}`;

/** How far a point lies outside a shape of radius 1 (negative inside). Polygons and stars are folded into one half of a
    corner: there, their edge is the straight line from the corner to the notch beside it. */
const FRAGMENT = `
precision highp float;

varying vec4 v_color;
varying vec4 v_outline;
varying vec4 v_form;
varying vec2 v_at;
varying float v_radius;

uniform float u_pixelRatio;

const float PI = 3.14159265359;

float outside(vec2 at) {
  float corners = v_form.x;
  if (corners < -0.5) {
    vec2 arm = abs(at);
    return min(max(arm.x - v_form.z, arm.y - v_form.y), max(arm.x - v_form.y, arm.y - v_form.z));
  }
  if (corners < 0.5) return length(at) - 1.0;
  float slice = PI / corners;
  float angle = mod(atan(at.x, at.y) - v_form.w + slice, 2.0 * slice) - slice;
  vec2 folded = length(at) * vec2(cos(angle), abs(sin(angle)));
  vec2 corner = vec2(v_form.y, 0.0);
  vec2 side = v_form.z * vec2(cos(slice), sin(slice)) - corner;
  return dot(folded - corner, normalize(vec2(side.y, -side.x)));
}

void main(void) {
  float away = outside(v_at / v_radius) * v_radius;
  #ifdef PICKING_MODE
  gl_FragColor = away < 3.0 ? v_color : vec4(0.0);
  #else
  float soft = 0.75 / u_pixelRatio;
  float width = clamp(v_radius * 0.12, 0.8, 1.6);
  vec4 colour = mix(v_color, v_outline, smoothstep(-soft, soft, away + width * 0.5));
  float cover = 1.0 - smoothstep(-soft, soft, away - width * 0.5);
  gl_FragColor = vec4(colour.rgb * cover, cover);
  #endif
}`;

/** Draws every family's shape in one go, smooth at any size, with an outline against pale hues. */
export class ShapeProgram extends NodeProgram {
  getDefinition() {
    return {
      VERTICES: CORNERS.length,
      VERTEX_SHADER_SOURCE: VERTEX,
      FRAGMENT_SHADER_SOURCE: FRAGMENT,
      METHOD: TRIANGLES,
      UNIFORMS: ["u_matrix", "u_sizeRatio", "u_correctionRatio", "u_pixelRatio"],
      ATTRIBUTES: [
        { name: "a_position", size: 2, type: FLOAT },
        { name: "a_size", size: 1, type: FLOAT },
        { name: "a_form", size: 4, type: FLOAT },
        { name: "a_color", size: 4, type: UNSIGNED_BYTE, normalized: true },
        { name: "a_outline", size: 4, type: UNSIGNED_BYTE, normalized: true },
        { name: "a_id", size: 4, type: UNSIGNED_BYTE, normalized: true },
      ],
      CONSTANT_ATTRIBUTES: [{ name: "a_corner", size: 2, type: FLOAT }],
      CONSTANT_DATA: CORNERS,
    };
  }

  processVisibleItem(nodeIndex, start, data) {
    const values = [data.x, data.y, data.size, ...SHAPES[data.shape], floatColor(data.color), floatColor(data.outline), nodeIndex];
    this.array.set(values, start);
  }

  setUniforms({ matrix, sizeRatio, correctionRatio, pixelRatio }, { gl, uniformLocations }) {
    gl.uniformMatrix3fv(uniformLocations.u_matrix, false, matrix);
    gl.uniform1f(uniformLocations.u_sizeRatio, sizeRatio);
    gl.uniform1f(uniformLocations.u_correctionRatio, correctionRatio);
    if (uniformLocations.u_pixelRatio) gl.uniform1f(uniformLocations.u_pixelRatio, pixelRatio);
  }
}
