/**
 * Counting, and the format of the counts. Parts that count know only {@link
 * io.chatroom.server.metrics.Metrics} and {@link io.chatroom.server.metrics.LoopMetrics}, not what
 * sums up or in which format. It must not know rooms or connections.
 */
@NullMarked
package io.chatroom.server.metrics;

import org.jspecify.annotations.NullMarked;
