@NullMarked
package io.chatroom.client.conformance.session;

import org.jspecify.annotations.NullMarked;
