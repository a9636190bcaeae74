/** Whether the host of a URL, a name to listen on, or the address of a peer is this machine. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase();
  if (name === 'localhost' || name === '::1' || name === '[::1]') return true;
  const [first, ...others] = name.split('.');
  return first === '127' && others.length === 3 && others.every(isByte);
}

function isByte(text: string): boolean {
  return /^\d{1,3}$/.test(text) && Number(text) <= 255;
}
