import { type ColourPicture, warpPicture } from 'lib/dataset';
import { type Camera, cameraCoordinates, type Pose, projectPoints, rotationMatrix } from 'lib/geometry';
import { rasterize, type TriangleMesh, vertexNormals } from 'lib/mesh';

/** A longer side is shrunk to this, pixels. */
const LONGEST_SIDE = 1200;
/** Samples along a side of a pixel, so that the head's outline is smooth. */
const SAMPLES = 2;
const OPACITY = 0.6;
/** Clay, as in the figures, and a lamp at the upper left behind the camera (in its frame +x is to the left). */
const CLAY = [217, 199, 184];
const LAMP = [0.42, 0.5, -0.76];
const AMBIENT = 0.3;

/**
 * A head as shaded clay over the picture that it was predicted from, half seen through.
 *
 * @param picture  shrunk to 1200 pixels a side where it is larger
 * @param mesh     in the model frame
 * @param pose     modelFromCamera
 * @param camera   of the picture
 */
export function overlayHead(picture: ColourPicture, mesh: TriangleMesh, pose: Pose, camera: Camera): ColourPicture {
  const scale = Math.max(1, Math.max(picture.width, picture.height) / LONGEST_SIDE);
  const [width, height] = [picture.width, picture.height].map((side) => Math.max(1, Math.round(side / scale)));
  const { pixels } = warpPicture(picture, [scale, 0, 0, 0, scale, 0, 0, 0, 1], width, height);
  const { triangle, weights } = rasterize(
    onScreen(mesh, pose, camera, SAMPLES / scale),
    mesh.triangles.data,
    SAMPLES * width,
    SAMPLES * height,
  );
  const light = lightOfVertices(mesh, pose);
  const corners = mesh.triangles.data;
  for (let row = 0, pixel = 0; row < height; row++)
    for (let column = 0; column < width; column++, pixel += 3) {
      let [covered, brightness] = [0, 0];
      for (let sample = 0; sample < SAMPLES ** 2; sample++) {
        const at =
          (SAMPLES * row + Math.floor(sample / SAMPLES)) * SAMPLES * width + SAMPLES * column + (sample % SAMPLES);
        const t = triangle[at];
        if (t < 0) continue;
        covered++;
        for (let c = 0; c < 3; c++) brightness += weights[3 * at + c] * light[corners[3 * t + c]];
      }
      const opacity = (OPACITY * covered) / SAMPLES ** 2;
      for (let c = 0; c < 3; c++)
        pixels[pixel + c] = (1 - opacity) * pixels[pixel + c] + ((opacity * brightness) / (covered || 1)) * CLAY[c];
    }
  return { width, height, pixels };
}

/** [points, 3], u and v in samples and the depth in cm */
function onScreen({ points }: TriangleMesh, pose: Pose, camera: Camera, scale: number): Float32Array {
  const [seen, inCamera] = [projectPoints(points, pose, camera).data, cameraCoordinates(points, pose).data];
  return Float32Array.from(inCamera, (z, i) => (i % 3 === 2 ? z : scale * seen[2 * Math.floor(i / 3) + (i % 3)]));
}

/** [points] from 0 to 1 */
function lightOfVertices(mesh: TriangleMesh, pose: Pose): Float64Array {
  const normals = vertexNormals(mesh).data;
  const r = rotationMatrix(pose.rotation);
  // R takes the lamp to the model frame
  const [x, y, z] = [0, 3, 6].map((row) => r[row] * LAMP[0] + r[row + 1] * LAMP[1] + r[row + 2] * LAMP[2]);
  return Float64Array.from({ length: normals.length / 3 }, (_, n) => {
    const cosine = normals[3 * n] * x + normals[3 * n + 1] * y + normals[3 * n + 2] * z;
    return AMBIENT + (1 - AMBIENT) * Math.max(0, cosine);
  });
}
