/**
 * The token of Data Return and User Management: HS256 with the company's API secret, and an `iat` claim (Agent
 * Connect's help, Authentication). Its maximum age is not documented, so every request gets a fresh one. It is sent
 * bare, without `Bearer`.
 */
export async function dataToken(secret: string, nowMs: number): Promise<string> {
  const { SignJWT } = await import('jose');
  return new SignJWT({})
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuedAt(Math.floor(nowMs / 1000))
    .sign(new TextEncoder().encode(secret));
}
