/**
 * Counting, and the format of the counts. Other parts of the server know only {@link
 * io.chatroom.server.metrics.Metrics}, not who counts or in which format. It must not know rooms or
 * connections.
 */
@NullMarked
package io.chatroom.server.metrics;

import org.jspecify.annotations.NullMarked;
