import { EdgeProgram } from "sigma/rendering";
import { floatColor } from "sigma/utils";

const { FLOAT, TRIANGLES, UNSIGNED_BYTE } = WebGLRenderingContext;
const CORNERS = [[0, -1], [1, -1], [0, 1], [0, 1], [1, -1], [1, 1]];

/** A strip from end to end; its width and how far it stands beside the straight line grow as the nodes do, its dashes don't. */
const VERTEX = `
attribute vec2 a_source;
attribute vec2 a_target;
attribute vec4 a_color;
attribute vec4 a_dash;
attribute vec2 a_line;
attribute vec2 a_corner;

uniform mat3 u_matrix;
uniform vec2 u_half;
uniform float u_sizeRatio;

varying vec4 v_color;
varying vec4 v_dash;
varying vec3 v_at;

const float bias = 255.0 / 254.0;

void main() {
  vec2 from = (u_matrix * vec3(a_source, 1)).xy * u_half;
  vec2 to = (u_matrix * vec3(a_target, 1)).xy * u_half;
  vec2 along = to - from;
  float reach = length(along);
  if (a_line.x <= 0.0 || reach < 0.01) {
    gl_Position = vec4(2.0, 2.0, 0.0, 1.0);
    return;
  }
  vec2 aside = vec2(-along.y, along.x) / reach;
  vec2 line = a_line / u_sizeRatio;
  float half_width = line.x / 2.0 + 0.7;
  vec2 at = mix(from, to, a_corner.x) + aside * (line.y + a_corner.y * half_width);
  gl_Position = vec4(at / u_half, 0.0, 1.0);
  v_color = a_color;
  v_color.a *= bias;
  v_dash = a_dash;
  v_at = vec3(a_corner.x * reach, a_corner.y * half_width, line.x / 2.0);
}`;

/** The dashes are two strokes and two gaps that come again and again; without a gap the line is whole. */
const FRAGMENT = `
precision highp float;

varying vec4 v_color;
varying vec4 v_dash;
varying vec3 v_at;

void main(void) {
  float period = dot(v_dash, vec4(1.0));
  if (v_dash.y > 0.0) {
    float at = mod(v_at.x, period);
    float second = v_dash.x + v_dash.y;
    if (at >= v_dash.x && (at < second || at >= second + v_dash.z)) discard;
  }
  float cover = 1.0 - smoothstep(v_at.z - 0.35, v_at.z + 0.65, abs(v_at.y));
  gl_FragColor = vec4(v_color.rgb * cover, cover);
}`;

/** Draws every tie as a line of its own, dashed as its kind asks, beside the other ties of the same two actors. */
export class ThreadProgram extends EdgeProgram {
  getDefinition() {
    return {
      VERTICES: CORNERS.length,
      VERTEX_SHADER_SOURCE: VERTEX,
      FRAGMENT_SHADER_SOURCE: FRAGMENT,
      METHOD: TRIANGLES,
      UNIFORMS: ["u_matrix", "u_half", "u_sizeRatio"],
      ATTRIBUTES: [
        { name: "a_source", size: 2, type: FLOAT },
        { name: "a_target", size: 2, type: FLOAT },
        { name: "a_line", size: 2, type: FLOAT },
        { name: "a_dash", size: 4, type: FLOAT },
        { name: "a_color", size: 4, type: UNSIGNED_BYTE, normalized: true },
      ],
      CONSTANT_ATTRIBUTES: [{ name: "a_corner", size: 2, type: FLOAT }],
      CONSTANT_DATA: CORNERS,
    };
  }

  processVisibleItem(edgeIndex, start, source, target, { size, aside, dash, color }) {
    const { array } = this;
    array[start] = source.x;
    array[start + 1] = source.y;
    array[start + 2] = target.x;
    array[start + 3] = target.y;
    array[start + 4] = size;
    array[start + 5] = aside;
    array[start + 6] = dash[0];
    array[start + 7] = dash[1];
    array[start + 8] = dash[2];
    array[start + 9] = dash[3];
    array[start + 10] = floatColor(color);
  }

  setUniforms({ matrix, width, height, sizeRatio }, { gl, uniformLocations }) {
    gl.uniformMatrix3fv(uniformLocations.u_matrix, false, matrix);
    gl.uniform2f(uniformLocations.u_half, width / 2, height / 2);
    gl.uniform1f(uniformLocations.u_sizeRatio, sizeRatio);
  }
}
