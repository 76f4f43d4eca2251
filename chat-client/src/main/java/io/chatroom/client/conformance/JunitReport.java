package io.chatroom.client.conformance;

import io.chatroom.client.conformance.Verdict.Fails;
import io.chatroom.client.conformance.Verdict.NotRun;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * Writes results as JUnit XML for build servers. A MUST that fails is a failure. A SHOULD that
 * fails is a failure in strict mode, and skipped otherwise. A case that was not run is an error.
 */
final class JunitReport {

  private JunitReport() {}

  static String of(List<Result> results, boolean strict) {
    StringWriter out = new StringWriter();
    try {
      XMLStreamWriter xml = XMLOutputFactory.newInstance().createXMLStreamWriter(out);
      xml.writeStartDocument("UTF-8", "1.0");
      newLine(xml, 0);
      xml.writeStartElement("testsuites");
      Map<Section, List<Result>> bySection =
          results.stream()
              .collect(
                  Collectors.groupingBy(
                      r -> r.judged().section(), TreeMap::new, Collectors.toList()));
      for (Map.Entry<Section, List<Result>> each : bySection.entrySet()) {
        suite(xml, each.getKey(), each.getValue(), strict);
      }
      newLine(xml, 0);
      xml.writeEndElement();
      xml.writeEndDocument();
      xml.close();
      return out.toString();
    } catch (XMLStreamException e) {
      throw new IllegalStateException("writing XML to memory failed", e);
    }
  }

  private static void suite(
      XMLStreamWriter xml, Section section, List<Result> results, boolean strict)
      throws XMLStreamException {
    newLine(xml, 1);
    xml.writeStartElement("testsuite");
    attribute(xml, "name", "conformance: " + section.title());
    attribute(xml, "tests", Integer.toString(results.size()));
    attribute(xml, "failures", count(results, "failure", strict));
    attribute(xml, "errors", count(results, "error", strict));
    attribute(xml, "skipped", count(results, "skipped", strict));
    Duration total = results.stream().map(Result::took).reduce(Duration.ZERO, Duration::plus);
    attribute(xml, "time", seconds(total));
    for (Result result : results) {
      newLine(xml, 2);
      xml.writeStartElement("testcase");
      attribute(xml, "classname", "conformance." + section.name().toLowerCase(Locale.ROOT));
      attribute(xml, "name", result.judged().id());
      attribute(xml, "time", seconds(result.took()));
      outcome(xml, result, strict);
      xml.writeEndElement();
    }
    newLine(xml, 1);
    xml.writeEndElement();
  }

  private static void outcome(XMLStreamWriter xml, Result result, boolean strict)
      throws XMLStreamException {
    Case judged = result.judged();
    String requirement =
        "%s (%s): %s".formatted(judged.numbers(), judged.level(), judged.sentence());
    String kind = kind(result, strict);
    if (result.verdict() instanceof Fails fails) {
      newLine(xml, 3);
      xml.writeStartElement(kind);
      attribute(xml, "message", requirement);
      xml.writeCharacters(clean("expected: " + fails.expected() + "\nactual:   " + fails.actual()));
      xml.writeEndElement();
      newLine(xml, 2);
    } else if (result.verdict() instanceof NotRun notRun) {
      newLine(xml, 3);
      xml.writeStartElement(kind);
      attribute(xml, "message", "not run: " + notRun.reason());
      xml.writeCharacters(clean(requirement));
      xml.writeEndElement();
      newLine(xml, 2);
    }
  }

  /** Returns the name of the XML element for a result; empty if the case passed. */
  private static String kind(Result result, boolean strict) {
    if (result.verdict() instanceof NotRun) {
      return "error";
    }
    return result.holds() ? "" : result.counts(strict) ? "failure" : "skipped";
  }

  private static String count(List<Result> results, String kind, boolean strict) {
    return Long.toString(results.stream().filter(r -> kind(r, strict).equals(kind)).count());
  }

  private static void attribute(XMLStreamWriter xml, String name, String value)
      throws XMLStreamException {
    xml.writeAttribute(name, clean(value));
  }

  private static String seconds(Duration took) {
    return String.format(Locale.ROOT, "%.3f", took.toMillis() / 1000.0);
  }

  private static void newLine(XMLStreamWriter xml, int depth) throws XMLStreamException {
    xml.writeCharacters("\n" + "  ".repeat(depth));
  }

  /** Replaces characters that XML 1.0 cannot contain, even escaped. */
  private static String clean(String text) {
    return text.codePoints()
        .map(c -> isXml(c) ? c : '?')
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static boolean isXml(int c) {
    return c == '\t'
        || c == '\n'
        || (c >= 0x20 && c < 0x7f)
        || (c >= 0xa0 && c <= 0xd7ff)
        || (c >= 0xe000 && c <= 0xfffd)
        || c >= 0x10000;
  }
}
