package io.chatroom.server.web;

import io.chatroom.server.metrics.RequestKind;

/**
 * An endpoint, and the requests that it answers.
 *
 * @param method such as {@code GET}, which includes {@code HEAD}
 * @param pattern a path, such as {@code /api/rooms/*}; a star matches any one segment
 * @param kind their kind in the metrics
 * @param endpoint answers them
 */
public record Route(String method, String pattern, RequestKind kind, Endpoint endpoint) {}
