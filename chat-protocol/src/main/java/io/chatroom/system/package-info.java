/**
 * Access to the operating system for both the server and the client: files, paths, text in any
 * locale, and explanations of errors.
 *
 * <p>It depends on none of our packages, and is not an API for others: it changes whenever the two
 * programs need it to.
 */
@NullMarked
package io.chatroom.system;

import org.jspecify.annotations.NullMarked;
