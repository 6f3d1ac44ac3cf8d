// The usual features of speech: the power in bands of the mel scale, in decibels.

/** Computes the discrete Fourier transform in place (radix 2). @param re real parts @param im imaginary parts; their number is 2^n */
export function fft(re, im) {
  const n = re.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [re[i], re[j]] = [re[j], re[i]];
      [im[i], im[j]] = [im[j], im[i]];
    }
  }
  for (let size = 2; size <= n; size *= 2) {
    for (let k = 0; k < size / 2; k++) {
      const [c, s] = [Math.cos((2 * Math.PI * k) / size), -Math.sin((2 * Math.PI * k) / size)];
      for (let a = k; a < n; a += size) {
        const b = a + size / 2;
        const [x, y] = [re[b] * c - im[b] * s, re[b] * s + im[b] * c];
        [re[b], im[b]] = [re[a] - x, im[a] - y];
        [re[a], im[a]] = [re[a] + x, im[a] + y];
      }
    }
  }
}

const toMel = (hertz) => 2595 * Math.log10(1 + hertz / 700);
const toHertz = (mel) => 700 * (10 ** (mel / 2595) - 1);

/** Returns the weight of each bin of the spectrum in each band: triangles, evenly spaced in mel. */
function triangles(bands, bins, rate, [low, high]) {
  const edges = Array.from({ length: bands + 2 }, (_, i) => {
    const mel = toMel(low) + ((toMel(high) - toMel(low)) * i) / (bands + 1);
    return (2 * (bins - 1) * toHertz(mel)) / rate;
  });
  return Array.from({ length: bands }, (_, band) => {
    const [left, centre, right] = edges.slice(band, band + 3);
    return Array.from({ length: bins }, (_, bin) =>
      Math.max(0, Math.min((bin - left) / (centre - left), (right - bin) / (right - centre))),
    );
  });
}

/**
 * Computes the log-mel features of a sound, with windows of 25 ms (Hann).
 *
 * @param samples -1 to 1 @param rate samples per second @param bands number of bands from 80 to 7000 Hz
 * @param hop milliseconds from one vector to the next
 * @returns the whole decibels of each band above -80
 */
export function logMel(samples, rate, { bands = 20, hop = 10 } = {}) {
  const window = Math.round(0.025 * rate);
  const size = 2 ** Math.ceil(Math.log2(window));
  const filters = triangles(bands, size / 2 + 1, rate, [80, 7000]);
  const count = 1 + Math.max(0, Math.floor((samples.length - window) / ((hop * rate) / 1000)));
  return Array.from({ length: count }, (_, step) => {
    const start = Math.round((step * hop * rate) / 1000);
    const [re, im] = [new Float64Array(size), new Float64Array(size)];
    for (let i = 0; i < window; i++) {
      re[i] = (samples[start + i] ?? 0) * (0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / window));
    }
    fft(re, im);
    return filters.map((filter) => {
      let power = 0;
      for (let bin = 0; bin < filter.length; bin++) power += filter[bin] * (re[bin] ** 2 + im[bin] ** 2);
      return Math.max(0, Math.round(80 + 10 * Math.log10(power / window + 1e-12)));
    });
  });
}
