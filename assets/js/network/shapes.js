import { NodeProgram } from "sigma/rendering";
import { floatColor } from "sigma/utils";
import { REACH, SHAPES } from "./style.js";

const { FLOAT, POINTS, UNSIGNED_BYTE } = WebGLRenderingContext;

/** A point for each node, large enough for its shape and outline. */
const VERTEX = `
attribute vec4 a_color;
attribute vec4 a_outline;
attribute vec4 a_form;
attribute vec2 a_position;
attribute float a_size;

uniform mat3 u_matrix;
uniform float u_sizeRatio;
uniform float u_pixelRatio;

varying vec4 v_color;
varying vec4 v_outline;
varying vec4 v_form;
varying float v_radius;
varying float v_reach;

const float bias = 255.0 / 254.0;

void main() {
  if (a_size <= 0.0) {
    gl_Position = vec4(2.0, 2.0, 0.0, 1.0);
    gl_PointSize = 0.0;
    return;
  }
  v_radius = a_size / u_sizeRatio;
  v_reach = v_radius * ${REACH.toFixed(2)} + 1.0;
  gl_PointSize = 2.0 * v_reach * u_pixelRatio;
  gl_Position = vec4((u_matrix * vec3(a_position, 1)).xy, 0, 1);
  v_form = a_form;
  v_outline = a_outline;
  v_outline.a *= bias;
  v_color = a_color;
  v_color.a *= bias;
}`;

/** How far a point lies outside a shape of radius 1 (negative inside). Polygons and stars are folded into one half of a
    corner: there, their edge is the straight line from the corner to the notch beside it. */
const FRAGMENT = `
precision highp float;

varying vec4 v_color;
varying vec4 v_outline;
varying vec4 v_form;
varying float v_radius;
varying float v_reach;

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
  vec2 at = (gl_PointCoord * 2.0 - 1.0) * vec2(v_reach, -v_reach);
  float away = outside(at / v_radius) * v_radius;
  float soft = 0.75 / u_pixelRatio;
  float width = clamp(v_radius * 0.12, 0.8, 1.6);
  vec4 colour = mix(v_color, v_outline, smoothstep(-soft, soft, away + width * 0.5));
  float cover = 1.0 - smoothstep(-soft, soft, away - width * 0.5);
  gl_FragColor = vec4(colour.rgb * cover, cover);
}`;

/** Draws every family's shape in one go, smooth at any size, with an outline against pale hues. Who is under the pointer is found
    from the places (stage.js): drawing everything a second time to read it back would double the work of each frame. */
export class ShapeProgram extends NodeProgram {
  constructor(gl, _picking, renderer) {
    super(gl, null, renderer);
  }

  getDefinition() {
    return {
      VERTICES: 1,
      VERTEX_SHADER_SOURCE: VERTEX,
      FRAGMENT_SHADER_SOURCE: FRAGMENT,
      METHOD: POINTS,
      UNIFORMS: ["u_matrix", "u_sizeRatio", "u_pixelRatio"],
      ATTRIBUTES: [
        { name: "a_position", size: 2, type: FLOAT },
        { name: "a_size", size: 1, type: FLOAT },
        { name: "a_form", size: 4, type: FLOAT },
        { name: "a_color", size: 4, type: UNSIGNED_BYTE, normalized: true },
        { name: "a_outline", size: 4, type: UNSIGNED_BYTE, normalized: true },
      ],
    };
  }

  processVisibleItem(nodeIndex, start, data) {
    const { array } = this;
    array[start] = data.x;
    array[start + 1] = data.y;
    array[start + 2] = data.size;
    array.set(SHAPES[data.shape], start + 3);
    array[start + 7] = floatColor(data.color);
    array[start + 8] = floatColor(data.outline);
  }

  setUniforms({ matrix, sizeRatio, pixelRatio }, { gl, uniformLocations }) {
    gl.uniformMatrix3fv(uniformLocations.u_matrix, false, matrix);
    gl.uniform1f(uniformLocations.u_sizeRatio, sizeRatio);
    gl.uniform1f(uniformLocations.u_pixelRatio, pixelRatio);
  }
}
