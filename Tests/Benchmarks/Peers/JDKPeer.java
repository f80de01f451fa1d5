// SPDX-License-Identifier: EUPL-1.2

import java.io.ByteArrayInputStream;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Scanner;
import java.util.concurrent.atomic.AtomicLong;
import javax.xml.XMLConstants;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.Schema;
import javax.xml.validation.SchemaFactory;

/**
 * Validates with the JDK's own Xerces, the schema compiled once. Protocol: docs/benchmarks.md.
 *
 * <pre>
 * JDKPeer SCHEMA DOCUMENT           serves measurements
 * JDKPeer --once SCHEMA DOCUMENT    judges one document and ends: the cold start
 * </pre>
 */
public final class JDKPeer {
    private JDKPeer() {}

    public static void main(String[] arguments) throws Exception {
        boolean once = arguments[0].equals("--once");
        int first = once ? 1 : 0;
        Schema schema =
            SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI).newSchema(new File(arguments[first]));
        byte[] text = Files.readAllBytes(Path.of(arguments[first + 1]));
        if (once) {
            judge(schema, text);
            return;
        }
        Scanner input = new Scanner(System.in);
        while (input.hasNext()) {
            int threads = Integer.parseInt(input.next());
            double seconds = Double.parseDouble(input.next());
            System.out.printf(java.util.Locale.ROOT, "%.3f%n", measure(schema, text, threads, seconds));
            System.out.flush();
        }
    }

    private static void judge(Schema schema, byte[] text) throws Exception {
        schema.newValidator().validate(new StreamSource(new ByteArrayInputStream(text)));
    }

    private static double measure(Schema schema, byte[] text, int threads, double seconds) throws Exception {
        AtomicLong documents = new AtomicLong();
        Thread[] workers = new Thread[threads];
        long start = System.nanoTime();
        long end = start + (long) (seconds * 1e9);
        for (int i = 0; i < threads; i++) {
            workers[i] = new Thread(() -> {
                long count = 0;
                try {
                    do {
                        judge(schema, text);
                        count++;
                    } while (System.nanoTime() < end);
                } catch (Exception fault) {
                    fault.printStackTrace();
                    System.exit(3);
                }
                documents.addAndGet(count);
            });
            workers[i].start();
        }
        for (Thread worker : workers) worker.join();
        return documents.get() / ((System.nanoTime() - start) / 1e9);
    }
}
