/**
 * Searches messages by their words: with an index beside the store, or, without a store, by
 * scanning the memory.
 *
 * <pre>
 *   typed text → Query → Match → IndexReader (numbers of messages) → Journal (messages)
 *   Journal (stored messages) → Indexer (its own thread) → IndexWriter
 * </pre>
 *
 * <p>The index is made from the journal alone and can be deleted at any time. It follows the store
 * and never delays it. All texts are split into words here, in {@link
 * io.chatroom.server.search.Words}, and nothing that a person types reaches the database as syntax.
 */
@NullMarked
package io.chatroom.server.search;

import org.jspecify.annotations.NullMarked;
