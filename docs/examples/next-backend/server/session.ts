/** Who is signed in. Your own sign-in goes here. */
export async function currentUser(): Promise<{ id: string }> {
  return { id: "ada" };
}
