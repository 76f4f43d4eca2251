package io.chatroom.server.web;

import io.chatroom.server.metrics.RequestKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** All HTTP routes, except for WebSockets. Immutable. */
public final class Routes {

  private static final Pattern SLASH = Pattern.compile("/");
  private static final String ANYTHING = "*";

  /** The routes of a path, by method. */
  record Resource(List<String> pattern, Map<String, Route> methods) {

    private boolean isAt(List<String> path) {
      if (path.size() != pattern.size()) {
        return false;
      }
      for (int i = 0; i < path.size(); i++) {
        if (!pattern.get(i).equals(ANYTHING) && !pattern.get(i).equals(path.get(i))) {
          return false;
        }
      }
      return true;
    }

    /** The route for a method, or null. */
    @Nullable Route route(String method) {
      return methods.get(method.equals("HEAD") ? "GET" : method);
    }

    /** The value of the header {@code Allow}. */
    String allowed() {
      List<String> all = new ArrayList<>(methods.keySet());
      if (methods.containsKey("GET")) {
        all.add(all.indexOf("GET") + 1, "HEAD");
      }
      return String.join(", ", all);
    }
  }

  private final Map<List<String>, Resource> plain = new HashMap<>();
  private final List<Resource> withStars = new ArrayList<>();
  private final String apiPrefix;
  private final BiFunction<Integer, String, Answer> problem;

  /**
   * @param routes the routes, no two of which may match the same request
   * @param apiPrefix the first segment of the paths of an API, such as {@code api}
   * @param problem makes a refusal in the format of the API, from a status and a sentence
   */
  public Routes(List<Route> routes, String apiPrefix, BiFunction<Integer, String, Answer> problem) {
    for (Route route : routes) {
      List<String> pattern = split(route.pattern());
      Resource resource = plain.get(pattern);
      if (resource == null) {
        resource = new Resource(pattern, new TreeMap<>());
        plain.put(pattern, resource);
        if (pattern.contains(ANYTHING)) {
          withStars.add(resource);
        }
      }
      if (resource.methods().put(route.method(), route) != null) {
        throw new IllegalArgumentException(
            "two routes for " + route.method() + " " + route.pattern() + ", expected one");
      }
    }
    withStars.forEach(resource -> plain.remove(resource.pattern()));
    this.apiPrefix = apiPrefix;
    this.problem = problem;
  }

  /** Routes without an API. */
  public Routes(List<Route> routes) {
    this(routes, "", Answer::sentence);
  }

  /** The segments of a path that begins with a slash. */
  static List<String> split(String path) {
    return List.of(SLASH.split(path.substring(1), -1));
  }

  /** The routes of a path, or null. */
  @Nullable Resource at(List<String> path) {
    Resource resource = plain.get(path);
    for (int i = 0; resource == null && i < withStars.size(); i++) {
      resource = withStars.get(i).isAt(path) ? withStars.get(i) : null;
    }
    return resource;
  }

  private boolean isApi(List<String> path) {
    return !apiPrefix.isEmpty() && path.get(0).equals(apiPrefix);
  }

  /** The kind of a request without a route, for the metrics. */
  RequestKind kindOf(List<String> path) {
    return isApi(path) ? RequestKind.API : RequestKind.OTHER;
  }

  /** Makes a refusal, in the format of the API if the path is in the API. */
  Answer refusal(List<String> path, int status, String sentence) {
    return isApi(path) ? problem.apply(status, sentence) : Answer.sentence(status, sentence);
  }
}
