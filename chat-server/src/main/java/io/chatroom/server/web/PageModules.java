package io.chatroom.server.web;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Joins the modules of the page into one at build time. Fetching dozens of small files over
 * HTTP/1.1 takes five or six round trips, more than a second on a phone. Each module becomes a
 * function, so that names it does not export stay private. Comments and indentation are removed.
 *
 * <p>It supports only the forms of {@code import} and {@code export} that the page uses, and
 * rejects others. It is not a parser: no line of code may begin like a comment, and no string may
 * span lines.
 */
final class PageModules {

  private static final Pattern IMPORT =
      Pattern.compile("^import \\{([^}]*)} from '(\\.[^']*)';\\n", Pattern.MULTILINE);
  private static final Pattern EXPORT =
      Pattern.compile("^export ((?:async )?function|class|const) (\\w+)", Pattern.MULTILINE);
  private static final Pattern OTHER =
      Pattern.compile("^(?:import|export)\\b(?!\\.).*$", Pattern.MULTILINE);
  private static final Pattern COMMENT =
      Pattern.compile("^ *(?:/\\*(?s:.*?)\\*/ *|//.*)\\n", Pattern.MULTILINE);
  private static final Pattern INDENT = Pattern.compile("^ +|^\\n", Pattern.MULTILINE);

  private final Map<String, String> sources;

  /** Path to function name of each module; the name is empty while the module is in progress. */
  private final Map<String, String> names = new HashMap<>();

  private int count;
  private final StringBuilder joined = new StringBuilder();

  private PageModules(Map<String, String> sources) {
    this.sources = sources;
  }

  /**
   * Joins a module with all that it imports.
   *
   * @param sources the source of each module, by path
   * @param first path of the module to start with
   * @throws IllegalArgumentException if a module uses an unsupported form, imports a missing one,
   *     or is part of a cycle
   */
  static String join(Map<String, String> sources, String first) {
    PageModules modules = new PageModules(sources);
    modules.add(first, first);
    return modules.joined.toString();
  }

  private void add(String path, String wantedBy) {
    String source = sources.get(path);
    if (source == null) {
      throw new IllegalArgumentException(wantedBy + " imports " + path + ", which does not exist");
    }
    names.put(path, "");
    String body = COMMENT.matcher(source).replaceAll("");
    StringBuilder imports = new StringBuilder();
    Matcher each = IMPORT.matcher(body);
    while (each.find()) {
      String from = resolve(path, each.group(2));
      String known = names.get(from);
      if (known == null) {
        add(from, path);
      } else if (known.isEmpty()) {
        throw new IllegalArgumentException(
            path + " and " + from + " import each other; import cycles are not supported");
      }
      String what = each.group(1).strip().replace(" as ", ": ");
      imports.append("const { ").append(what).append(" } = ").append(names.get(from)).append(";\n");
    }
    body = IMPORT.matcher(body).replaceAll("");
    List<String> exports = new ArrayList<>();
    Matcher export = EXPORT.matcher(body);
    while (export.find()) {
      exports.add(export.group(2));
    }
    body = EXPORT.matcher(body).replaceAll("$1 $2");
    Matcher other = OTHER.matcher(body);
    if (other.find()) {
      throw new IllegalArgumentException(
          path
              + " has a line that cannot be joined: "
              + other.group()
              + "; expected import { names } from './path', or export of a function, class or const");
    }
    String name = "m" + ++count;
    names.put(path, name);
    joined.append("const ").append(name).append(" = (() => {\n").append(imports);
    joined.append(INDENT.matcher(body).replaceAll(""));
    joined.append("return { ").append(String.join(", ", exports)).append(" };\n})();\n");
  }

  private static String resolve(String path, String relative) {
    return Path.of(path).resolveSibling(relative).normalize().toString().replace('\\', '/');
  }
}
