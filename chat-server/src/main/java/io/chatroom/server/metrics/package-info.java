/**
 * What is counted, and how it is shown. {@link io.chatroom.server.metrics.Metrics} is what the
 * parts of the server know of it; who counts and in which format it leaves is nobody else's
 * business. It must not know rooms or connections.
 */
@NullMarked
package io.chatroom.server.metrics;

import org.jspecify.annotations.NullMarked;
