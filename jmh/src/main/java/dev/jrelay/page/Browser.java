// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.page;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A Chromium without a window, spoken to in its DevTools protocol: draws what Java cannot, and tells what a reader
 * would see. Not thread-safe.
 */
public final class Browser implements AutoCloseable {
    private static final List<String> PROGRAMS = List.of("chromium", "chromium-browser", "google-chrome");
    private static final String ANNOUNCEMENT = "DevTools listening on ws://";
    private static final long PATIENCE_SECONDS = 60L;
    private static final int HEIGHT = 900;

    private final Process process;
    private final Path profile;
    private final HttpClient http = HttpClient.newHttpClient();
    private final WebSocket socket;
    private final BlockingQueue<JsonObject> received = new LinkedBlockingQueue<>();
    private final List<String> errors = new ArrayList<>();
    private int calls;

    /**
     * Starts a browser.
     *
     * @param program as {@link #find()} gives it
     * @throws IOException if it does not start
     */
    public Browser(Path program) throws IOException, InterruptedException {
        profile = Files.createTempDirectory("jrelay-browser");
        // Without its sandbox it runs for root too; it is shown nothing but pages made here.
        process = new ProcessBuilder(program.toString(), "--headless", "--no-sandbox", "--disable-gpu",
                "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--remote-debugging-port=0",
                "--user-data-dir=" + profile, "about:blank").redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        try {
            socket = connect(process.errorReader());
        } catch (IOException | InterruptedException | RuntimeException failed) {
            end();
            throw failed;
        }
        call("Page.enable", new JsonObject());
        call("Runtime.enable", new JsonObject());
        call("Log.enable", new JsonObject());
    }

    /** The Chromium on the PATH, if there is one. */
    public static Optional<Path> find() {
        return PROGRAMS.stream().flatMap(name -> Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(folder -> Path.of(folder, name))).filter(Files::isExecutable).findFirst();
    }

    private WebSocket connect(BufferedReader log) throws IOException, InterruptedException {
        String line = log.readLine();
        while (line != null && !line.startsWith(ANNOUNCEMENT)) {
            line = log.readLine();
        }
        if (line == null) {
            throw new IOException("the browser ended before it could be used, exit code " + process.waitFor());
        }
        // Whatever else it has to say must not fill the pipe.
        Thread.ofVirtual().start(() -> log.lines().forEach(ignored -> { }));
        final String host = line.substring(ANNOUNCEMENT.length(), line.indexOf('/', ANNOUNCEMENT.length()));
        final String tabs = http.send(HttpRequest.newBuilder(URI.create("http://" + host + "/json/list")).build(),
                HttpResponse.BodyHandlers.ofString()).body();
        final String tab = JsonParser.parseString(tabs).getAsJsonArray().asList().stream()
                .map(each -> each.getAsJsonObject())
                .filter(each -> each.get("type").getAsString().equals("page")).findFirst()
                .orElseThrow(() -> new IOException("the browser has no page: " + tabs))
                .get("webSocketDebuggerUrl").getAsString();
        return http.newWebSocketBuilder().buildAsync(URI.create(tab), new Listener()).join();
    }

    /** Puts the pieces of a message together. */
    private final class Listener implements WebSocket.Listener {
        private final StringBuilder message = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            message.append(data);
            if (last) {
                received.add(JsonParser.parseString(message.toString()).getAsJsonObject());
                message.setLength(0);
            }
            from.request(1L);
            return null;
        }
    }

    /**
     * Shows a file to a reader with a window of this width and this theme.
     *
     * @throws IOException if the browser does not answer
     */
    public void open(Path page, int width, boolean dark) throws IOException, InterruptedException {
        final JsonObject metrics = new JsonObject();
        metrics.addProperty("width", width);
        metrics.addProperty("height", HEIGHT);
        metrics.addProperty("deviceScaleFactor", 1);
        metrics.addProperty("mobile", false);
        call("Emulation.setDeviceMetricsOverride", metrics);
        call("Emulation.setEmulatedMedia", JsonParser.parseString("""
                {"features": [{"name": "prefers-color-scheme", "value": "%s"}]}""".formatted(dark ? "dark" : "light"))
                .getAsJsonObject());
        final JsonObject address = new JsonObject();
        address.addProperty("url", page.toUri().toString());
        call("Page.navigate", address);
        JsonObject event = receive();
        while (!event.has("method") || !event.get("method").getAsString().equals("Page.loadEventFired")) {
            event = receive();
        }
        settle();
    }

    /** Waits until what depends on the layout is drawn. */
    private void settle() throws IOException, InterruptedException {
        evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(''))))");
    }

    /**
     * Evaluates an expression on the page.
     *
     * @return its value, or that of its promise, as a string
     * @throws IOException if it throws, or the browser does not answer
     */
    public String evaluate(String expression) throws IOException, InterruptedException {
        final JsonObject parameters = new JsonObject();
        parameters.addProperty("expression", expression);
        parameters.addProperty("returnByValue", true);
        parameters.addProperty("awaitPromise", true);
        final JsonObject answer = call("Runtime.evaluate", parameters);
        if (answer.has("exceptionDetails")) {
            throw new IOException("on the page: " + answer.get("exceptionDetails"));
        }
        final JsonObject value = answer.getAsJsonObject("result");
        return value.has("value") ? value.get("value").getAsString() : "";
    }

    /** The whole page as a PNG. */
    public byte[] screenshot() throws IOException, InterruptedException {
        settle();
        final JsonObject parameters = new JsonObject();
        parameters.addProperty("captureBeyondViewport", true);
        return Base64.getDecoder().decode(call("Page.captureScreenshot", parameters).get("data").getAsString());
    }

    /** What scripts threw and what could not be loaded, so far. */
    public List<String> errors() {
        return List.copyOf(errors);
    }

    private JsonObject call(String method, JsonObject parameters) throws IOException, InterruptedException {
        final int id = ++calls;
        final JsonObject request = new JsonObject();
        request.addProperty("id", id);
        request.addProperty("method", method);
        request.add("params", parameters);
        socket.sendText(request.toString(), true).join();
        JsonObject answer = receive();
        while (!answer.has("id") || answer.get("id").getAsInt() != id) {
            answer = receive();
        }
        if (answer.has("error")) {
            throw new IOException(method + ": " + answer.get("error"));
        }
        return answer.getAsJsonObject("result");
    }

    private JsonObject receive() throws IOException, InterruptedException {
        final JsonObject message = received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (message == null) {
            throw new IOException("the browser did not answer for " + PATIENCE_SECONDS + " s");
        }
        final String method = message.has("method") ? message.get("method").getAsString() : "";
        if (method.equals("Runtime.exceptionThrown") || method.equals("Log.entryAdded")) {
            errors.add(message.get("params").toString());
        }
        return message;
    }

    @Override
    public void close() throws IOException {
        socket.abort();
        http.close();
        end();
    }

    /** Its children go with it; only then is nothing written to the profile any more. */
    private void end() throws IOException {
        final List<ProcessHandle> all = Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(each -> each.onExit().join());
        try (Stream<Path> files = Files.walk(profile)) {
            for (final Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }
}
