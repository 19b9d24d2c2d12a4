import io.tus.java.client.ProtocolException;
import io.tus.java.client.TusClient;
import io.tus.java.client.TusURLMemoryStore;
import io.tus.java.client.TusUpload;
import io.tus.java.client.TusUploader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URL;
import java.util.Map;
import java.util.Random;

/**
 * Sends files of SIZE bytes with tus-java-client and resumes at once after each broken connection.
 * Arguments: creation URL, bearer token, number of files, SIZE. Prints one line a file: "ok URL", or
 * "failed" with the reason. An I/O error is the cut; a ProtocolException is a refusal by the server.
 */
public class ResumeAtOnce {
  public static void main(String[] args) throws Exception {
    int files = Integer.parseInt(args[2]);
    int size = Integer.parseInt(args[3]);
    for (int n = 0; n < files; n++) System.out.println(send(args[0], args[1], n, size));
  }

  static String send(String url, String token, int seed, int size) throws Exception {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    TusClient client = new TusClient();
    client.setUploadCreationURL(new URL(url));
    client.setHeaders(Map.of("Authorization", "Bearer " + token));
    client.enableResuming(new TusURLMemoryStore());
    for (int attempt = 0; attempt < 200; attempt++) {
      TusUpload upload = new TusUpload();
      upload.setInputStream(new ByteArrayInputStream(bytes));
      upload.setSize(size);
      upload.setFingerprint("file-" + seed);
      try {
        TusUploader uploader = client.resumeOrCreateUpload(upload);
        uploader.setChunkSize(64 * 1024);
        uploader.setRequestPayloadSize(size);
        while (uploader.uploadChunk() > -1) {}
        uploader.finish();
        return "ok " + uploader.getUploadURL();
      } catch (ProtocolException refusal) {
        return "failed: " + refusal.getMessage();
      } catch (IOException cut) {
        // Resumes at once.
      }
    }
    return "failed: too many attempts";
  }
}
