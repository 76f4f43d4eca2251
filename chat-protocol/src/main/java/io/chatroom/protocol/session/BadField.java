package io.chatroom.protocol.session;

/** A field is not valid; {@link ObjectReader} turns this into a {@link BadObjectException}. */
final class BadField extends RuntimeException {

  private final Code code;
  private final String sentence;

  BadField(String sentence) {
    this(Code.BAD_REQUEST, sentence);
  }

  BadField(Code code, String sentence) {
    super(sentence, null, false, false);
    this.code = code;
    this.sentence = sentence;
  }

  Code code() {
    return code;
  }

  String sentence() {
    return sentence;
  }
}
