/** A grey picture, 8 bits, row by row. */
export interface GreyPicture {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

export interface Spot {
  readonly x: number;
  readonly y: number;
}

/** A rectangle at any angle: its centre, the unit vector along its own x axis, its size in pixels. */
export interface Frame {
  readonly centre: Spot;
  readonly along: Spot;
  readonly width: number;
  readonly height: number;
}

export interface Cutting {
  readonly picture: GreyPicture;
  /** From the cutting's pixels back to the picture's. */
  readonly back: (spot: Spot) => Spot;
}

/**
 * Cuts a rectangle out of a picture and turns it straight, `scale` pixels for one, bilinear; what lies outside the
 * picture is `outside`.
 */
export function cut(source: GreyPicture, frame: Frame, scale: number, outside = 255): Cutting {
  const { data, width: sw, height: sh } = source;
  const width = Math.max(1, Math.round(frame.width * scale));
  const height = Math.max(1, Math.round(frame.height * scale));
  const { x: ax, y: ay } = frame.along;
  const back = ({ x, y }: Spot): Spot => {
    const u = x / scale - frame.width / 2;
    const v = y / scale - frame.height / 2;
    return { x: frame.centre.x + u * ax - v * ay, y: frame.centre.y + u * ay + v * ax };
  };
  const cutting = new Uint8Array(width * height);
  for (let row = 0; row < height; row += 1) {
    const start = back({ x: 0.5, y: row + 0.5 });
    let x = start.x - 0.5;
    let y = start.y - 0.5;
    for (let column = 0; column < width; column += 1, x += ax / scale, y += ay / scale) {
      const x0 = Math.floor(x);
      const y0 = Math.floor(y);
      let value = outside;
      if (x0 >= 0 && y0 >= 0 && x0 < sw - 1 && y0 < sh - 1) {
        const at = y0 * sw + x0;
        const fx = x - x0;
        const fy = y - y0;
        const top = data[at]! + (data[at + 1]! - data[at]!) * fx;
        const low = data[at + sw]! + (data[at + sw + 1]! - data[at + sw]!) * fx;
        value = top + (low - top) * fy;
      }
      cutting[row * width + column] = value + 0.5;
    }
  }
  return { picture: { data: cutting, width, height }, back };
}
