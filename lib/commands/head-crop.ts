import { type ColourPicture, type DecodedPicture, imageBatch, warpPicture } from 'lib/dataset';
import type { Prediction } from 'lib/evaluation';
import { framingCamera, type HeadBox, type HeadFraming, type TurnedCamera } from 'lib/experiment';
import { FileError } from 'lib/files';
import { type Camera, defaultCamera, type Pose, poseAtFocalLength, turnHomography, unturnedPose } from 'lib/geometry';
import { type Network, predict } from 'lib/training';

export type FocalLength = { pixels: number } | { millimetres: number };

/** Of film of 24 x 36 mm: a focal length of 35 mm equivalent is a share of the diagonal. */
const FILM_DIAGONAL = Math.hypot(24, 36);

/** The camera of a picture: its principal point is in the middle; its focal length what is given, else what EXIF says, else the diagonal. */
export function cameraOf(
  { width, height, focalLength35mm: exifMillimetres }: DecodedPicture,
  given?: FocalLength,
): { camera: Camera; from: 'option' | 'exif' | 'default' } {
  const diagonal = Math.hypot(width, height);
  const pixelsOf = (millimetres: number) => (millimetres / FILM_DIAGONAL) * diagonal;
  const ofCamera = (focalLengthPixels: number): Camera => ({
    focalLengthPixels,
    principalPointPixels: [width / 2, height / 2],
  });
  if (given)
    return { camera: ofCamera('pixels' in given ? given.pixels : pixelsOf(given.millimetres)), from: 'option' };
  if (exifMillimetres) return { camera: ofCamera(pixelsOf(exifMillimetres)), from: 'exif' };
  return { camera: ofCamera(diagonal), from: 'default' };
}

/** What a network sees of a picture: the head as training images show heads. */
export interface HeadCrop {
  /** The camera that sees it so, and its turn. */
  turned: TurnedCamera;
  /** Its focal length over that of training. */
  zoom: number;
  imageSize: number;
  crop: ReturnType<typeof warpPicture>;
}

/**
 * The part of a picture that a network is shown.
 *
 * @param file  the picture's, for the errors
 * @param box   may reach beyond the picture, as heads do, but its middle must be in it
 * @throws {FileError} when the box is elsewhere, or so large that no camera sees all of it
 */
export function headCrop(
  file: string,
  picture: ColourPicture,
  camera: Camera,
  box: HeadBox,
  framing: HeadFraming,
): HeadCrop {
  checkBox(file, box, picture);
  const { imageSize } = framing;
  try {
    const turned = framingCamera(camera, box, framing);
    const homography = turnHomography(turned.camera, camera, turned.rotation);
    return {
      turned,
      zoom: turned.camera.focalLengthPixels / defaultCamera(imageSize).focalLengthPixels,
      imageSize,
      crop: warpPicture(picture, homography, imageSize, imageSize),
    };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new FileError(
      file,
      `box is too large for the focal length of ${Math.round(camera.focalLengthPixels)} px: around it the camera sees at right angles`,
    );
  }
}

function checkBox(file: string, box: HeadBox, { width, height }: ColourPicture): void {
  const [x, y, w, h] = box;
  const inside = (at: number, size: number) => at >= 0 && at <= size;
  if (!inside(x + w / 2, width) || !inside(y + h / 2, height) || w > 2 * width || h > 2 * height)
    throw new FileError(
      file,
      `box must have its middle in the upright picture of ${width} x ${height} pixels and be at most twice as large, but is ${box.map((v) => Number(v.toFixed(1))).join(',')}`,
    );
}

/** What a network makes of a crop: the pose as if it were a training image, and that in the picture's camera. */
export async function predictCrop(
  network: Network,
  { turned, zoom, imageSize, crop }: HeadCrop,
): Promise<Prediction & { asInTraining: Pose }> {
  const images = imageBatch({ imageSize, images: crop.pixels }, [0]);
  const [{ coefficients, pose: asInTraining }] = await predict(network, images).finally(() => images.dispose());
  const pose = unturnedPose(poseAtFocalLength(asInTraining, zoom), turned.rotation);
  return { coefficients, asInTraining, pose };
}
