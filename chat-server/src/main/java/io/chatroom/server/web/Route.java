package io.chatroom.server.web;

import io.chatroom.server.metrics.RequestKind;

/**
 * Who answers which requests.
 *
 * @param method such as {@code GET}, which answers {@code HEAD} too
 * @param pattern a path, such as {@code /api/rooms/*}; a star stands for anything between two
 *     slashes
 * @param kind what it counts as
 * @param endpoint who answers
 */
public record Route(String method, String pattern, RequestKind kind, Endpoint endpoint) {}
