/**
 * The options, the sources of their values, and defaults that depend on the machine. It opens and
 * starts nothing.
 */
@NullMarked
package io.chatroom.server.config;

import org.jspecify.annotations.NullMarked;
