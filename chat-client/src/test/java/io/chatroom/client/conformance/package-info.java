@NullMarked
package io.chatroom.client.conformance;

import org.jspecify.annotations.NullMarked;
