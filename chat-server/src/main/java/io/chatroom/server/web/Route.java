package io.chatroom.server.web;

import io.chatroom.server.metrics.RequestKind;

/**
 * Which endpoint answers which requests.
 *
 * @param method such as {@code GET}, which includes {@code HEAD}
 * @param pattern a path, such as {@code /api/rooms/*}; a star matches any one segment
 * @param kind its kind in the metrics
 * @param endpoint what answers
 */
public record Route(String method, String pattern, RequestKind kind, Endpoint endpoint) {}
