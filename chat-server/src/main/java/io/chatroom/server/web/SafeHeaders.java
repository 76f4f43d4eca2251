package io.chatroom.server.web;

import io.netty.handler.codec.http.HttpHeaders;

/**
 * The security headers of every answer: browsers must run only the page's own files, guess no
 * types, send no referrer, and keep using TLS once they have used it.
 */
final class SafeHeaders {

  /** The only Trusted Types policy that the page may create, for the URL of its worker. */
  private static final String TRUSTED_TYPES = "worker";

  private static final String CONTENT_POLICY =
      String.join(
          "; ",
          "default-src 'none'",
          "script-src 'self'",
          "style-src 'self'",
          "connect-src 'self'",
          "img-src 'self' blob:",
          "manifest-src 'self'",
          "worker-src 'self'",
          "base-uri 'none'",
          "form-action 'none'",
          "frame-ancestors 'none'",
          "require-trusted-types-for 'script'",
          "trusted-types " + TRUSTED_TYPES);

  private static final String PERMISSIONS =
      "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()";

  private static final String A_YEAR = "max-age=31536000";

  private SafeHeaders() {}

  static void addTo(HttpHeaders headers, boolean encrypted) {
    headers
        .set("content-security-policy", CONTENT_POLICY)
        .set("x-content-type-options", "nosniff")
        .set("referrer-policy", "no-referrer")
        .set("permissions-policy", PERMISSIONS)
        .set("cross-origin-opener-policy", "same-origin")
        .set("cross-origin-resource-policy", "same-origin");
    if (encrypted) {
      headers.set("strict-transport-security", A_YEAR);
    }
  }
}
