package io.chatroom.system;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** What another process does to a file: {@code HOW FILE NUMBER}. */
final class KeptFileProgram {

  private KeptFileProgram() {}

  public static void main(String[] args) throws InterruptedException, ExecutionException {
    Path file = Path.of(args[1]);
    int number = Integer.parseInt(args[2]);
    if (args[0].endsWith("s")) {
      System.out.println(twice(() -> often(args[0], file, number)));
      return;
    }
    try {
      once(args[0], KeptFile.secret(file), "x".repeat(number));
      System.out.println("done");
    } catch (IOException e) {
      System.out.println(FileTrouble.reason(e));
    }
  }

  private static void once(String how, KeptFile kept, String text) throws IOException {
    switch (how) {
      case "replace" -> kept.replace(text);
      case "append" -> kept.append(text);
      case "change" -> kept.change(before -> before + text);
      default -> kept.create(text);
    }
  }

  /** Gives how many files are new because of it. */
  private static int often(String how, Path file, int times) throws IOException {
    int created = 0;
    for (int n = 0; n < times; n++) {
      String line = "a line\n";
      switch (how) {
        case "changes" ->
            KeptFile.secret(file).change(before -> (before == null ? "" : before) + line);
        case "appends" -> KeptFile.secret(file).append(line);
        default -> {
          try {
            KeptFile.secret(file.resolveSibling("f" + n)).create(line);
            created++;
          } catch (FileAlreadyExistsException e) {
            // another was first
          }
        }
      }
    }
    return created;
  }

  private static int twice(Callable<Integer> work) throws InterruptedException, ExecutionException {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      int sum = 0;
      for (Future<Integer> done : threads.invokeAll(List.of(work, work))) {
        sum += done.get();
      }
      return sum;
    } finally {
      threads.shutdown();
    }
  }
}
