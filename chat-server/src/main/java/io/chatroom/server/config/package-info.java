/**
 * What can be set, where its values come from, and what this machine suggests where none is set. It
 * opens nothing and starts nothing.
 */
@NullMarked
package io.chatroom.server.config;

import org.jspecify.annotations.NullMarked;
