// What the server takes as the name that somebody signs in with.

const USER_NAME = /^[a-z0-9][a-z0-9._@-]{0,63}$/;

export function isUserName(name: string): boolean {
  return USER_NAME.test(name);
}
