/** The signed-in user. Replace this with your own sign-in. */
export async function currentUser(): Promise<{ id: string }> {
  return { id: "ada" };
}
