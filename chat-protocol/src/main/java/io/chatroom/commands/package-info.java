/**
 * Code for the command lines of both the server and the client.
 *
 * <p>It depends on picocli and on none of our packages. This module does not bring picocli: a
 * module that uses this package must.
 */
@NullMarked
package io.chatroom.commands;

import org.jspecify.annotations.NullMarked;
