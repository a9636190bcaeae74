/** Bytes of one second at 32 kbit/s. */
const bytesPerSecond = 4000;

/**
 * A silent recording: MPEG-2 layer III, 24 kHz, one channel, 32 kbit/s. Each frame has 96 bytes and lasts 24 ms; a
 * header followed by zeros is a complete and silent frame. Players accept the shorter last frame.
 */
export function silentRecording(seconds: number): Buffer {
  const frameLength = 96;
  const bytes = Buffer.alloc(Math.round(seconds * bytesPerSecond));
  for (let start = 0; start + 4 <= bytes.length; start += frameLength) bytes.writeUInt32BE(0xfff344c0, start);
  return bytes;
}
