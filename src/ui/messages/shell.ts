/** What the frame of every page says. */
export const shellMessages = {
  product: "Uploads",
  skip: "Skip to the content",
  navigation: "Main",
  account: "Account",
  signOut: "Sign out",
  signOutTitle: "Sign out while files are being sent?",
  signOutBody:
    "They stop. What has arrived is kept: sign in and drop the same files again to continue.",
  signOutFailed: "Signing out did not work. Try again.",
  theme: "Appearance",
  themes: { light: "Light", dark: "Dark", system: "As the system" },
  cancel: "Cancel",
  close: "Close",
  copied: "Copied",
  retry: "Try again",
  loading: "Loading…",
  loadMore: "Load more",
  somethingFailed: "Something went wrong. Try again.",
  links: { files: "Files", tokens: "API tokens", admin: "Administration" },
} as const;

/** What the pages say that have nothing else to show. */
export const strayMessages = {
  notFound: "There is nothing here",
  notFoundBody: "The address may be wrong, or what was here is gone.",
  home: "Go to your files",
  broken: "This page did not work",
  brokenBody: "Your files are safe. Trying again often helps.",
} as const;
