/** Texts of the frame of all pages. */
export const shellMessages = {
  product: "Uploads",
  skip: "Skip to content",
  navigation: "Main",
  account: "Account",
  signOut: "Sign out",
  signOutTitle: "Sign out while files are being sent?",
  signOutBody:
    "The uploads stop. Sent data is kept: sign in and drop the same files again to continue.",
  signOutFailed: "Sign-out failed. Try again.",
  theme: "Appearance",
  themes: { light: "Light", dark: "Dark", system: "System" },
  cancel: "Cancel",
  close: "Close",
  copied: "Copied",
  retry: "Try again",
  loading: "Loading…",
  loadMore: "Load more",
  somethingFailed: "Something went wrong. Try again.",
  links: { files: "Files", tokens: "API tokens", admin: "Administration" },
} as const;

/** Texts of the pages for errors and unknown addresses. */
export const errorPageMessages = {
  notFound: "Page not found",
  notFoundBody: "The address may be wrong, or the page no longer exists.",
  home: "Go to your files",
  broken: "This page could not be shown",
  brokenBody: "Your files are not affected. Try again.",
} as const;
