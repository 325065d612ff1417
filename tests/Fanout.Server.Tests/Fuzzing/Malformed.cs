using System.Globalization;
using System.Text;

namespace Fanout.Server.Tests.Fuzzing;

/// <summary>Makes requests that are wrong in some way, as bytes; the same seed makes the same ones.</summary>
internal sealed class Malformed(Random random)
{
    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT", "get", "", "PROPFIND", "\u00e9"];

    private static readonly string[] Paths =
    [
        "/api/runs", "/api/plan", "/api/runs/a", "/api/runs/a/cancel", "/api/runs/a/redrive", "/api/runs/a/results", "/api/runs/a/tree", "/api/runs/none/events",
        "/api/limits", "/api/limits/crm", "/api/capabilities", "/api/schema", "/api/health", "/api/health/live", "/api/uploads", "/api/openapi.json", "/dashboard/",
        "/reference/", "/", "*", "",
    ];

    private static readonly (string Method, string Path)[] Known =
    [
        ("POST", "/api/runs"), ("POST", "/api/plan"), ("GET", "/api/runs"), ("GET", "/api/runs/a"), ("PATCH", "/api/runs/a"), ("POST", "/api/runs/a/cancel"), ("POST", "/api/runs/a/redrive"),
        ("GET", "/api/runs/a/results"), ("GET", "/api/runs/a/tree"), ("DELETE", "/api/runs/none"), ("GET", "/api/runs/none/events"), ("GET", "/api/limits/crm"), ("PUT", "/api/limits/crm"),
        ("DELETE", "/api/limits/crm"), ("POST", "/api/uploads"), ("GET", "/dashboard/a"), ("GET", "/reference/a"),
    ];

    private static readonly string[] Ids =
    [
        "..", "%2e%2e", "%00", "%", "%zz", "a%2fb", "a%5cb", "%c0%ae", "%ff%fe", "a b", "\u00e9", "'", "\"", "a;drop table runs", "a?b", "-", "con", "%F0%9F%92%A9", "{id}", "a/../..",
        "0", "null", "%0d%0aSet-Cookie:%20a=b", new('x', 300), new('x', 7_000),
    ];

    private static readonly string[] Bodies =
    [
        "", "{", "}", "[]", "null", "1", "\"\"", "{}", "{\"a\":", "{\"handler\":{}}", "{\"handler\":null,\"source\":null}", "\ufeff{}", "{\"a\":1,\"a\":2}", "\0\0\0",
        """{"id":"\u0000","handler":{"name":"echo"},"source":{"kind":"range","start":0,"end":1}}""",
        """{"id":"b\ud800","handler":{"name":"echo"},"source":{"kind":"inline","items":["\ud800"]}}""",
        """{"handler":{"name":"echo"},"source":{"kind":"lines","path":"\u0000"}}""",
        """{"handler":{"name":"echo"},"source":{"kind":"lines","path":"\ud800"}}""",
        """{"handler":{"name":"echo"},"source":{"kind":"lines","path":"uploads"}}""",
        """{"handler":{"name":"echo"},"source":{"kind":"files","patterns":["**"]}}""",
        """{"handler":{"name":"echo"},"source":{"kind":"files","root":"uploads","patterns":["**"]}}""",
        """{"handler":{"name":"echo"},"source":{"kind":"files","root":"\u0000","patterns":["\u0000*"]}}""",
        """{"handler":{"name":"echo"},"source":{"kind":"redrive","run":"none"}}""",
        """{"handler":{"name":"echo"},"source":{"kind":"redrive","run":"../a"}}""",
        """{"handler":{"name":"echo"},"source":{"kind":"blobs","container":"a"}}""",
        """{"handler":{"name":"echo"},"source":{"kind":"custom","name":"a"}}""",
        """{"handler":{"name":"echo"},"source":{"kind":"csv","path":"https://x/y","delimiter":"\ud83d"}}""",
        """{"handler":{"name":"http","options":{"url":"http://{"}},"source":{"kind":"range","start":0,"end":1}}""",
        """{"handler":{"name":"echo"},"source":{"kind":"range","start":-9223372036854775808,"end":9223372036854775807}}""",
        """{"handler":{"name":"echo"},"source":{"kind":"range","start":1e400,"end":1}}""",
        """{"handler":{"name":"echo"},"source":{"kind":"range","start":0,"end":1},"flow":{"limits":["\u0000","none"]},"onComplete":{"webhook":{"url":"http://["}}}""",
        """{"concurrency":-1}""", """{"rate":"1e999/s"}""", """{"tolerate":"NaN%"}""", """{"weight":1e-400}""", """{"paused":"yes"}""", """{"only":7}""", """{"handler":7}""",
        new('[', 5_000), new('{', 500), "{\"a\":\"" + new string('x', 60_000) + "\"}", string.Concat(Enumerable.Repeat("{\"a\":", 70)),
    ];

    private static readonly string[] Headers =
    [
        "If-Match: \"", "If-Match: W/\"v0-\"", "If-Match: ,,,", "If-None-Match: \"\",*", "Last-Event-ID: \0", "Last-Event-ID: -1", "Idempotency-Key: ", "Idempotency-Key: \u00e9", "Content-Type: ",
        "Content-Type: ;;;", "Content-Type: application/json; charset=utf-7", "Content-Encoding: gzip", "Accept: */*;q=x", "Range: bytes=0-18446744073709551615", "Authorization: Bearer",
        "Authorization: \u00e9", "x-functions-key: ", "Host: evil", "Host: ", "Origin: null", "Sec-Fetch-Site: cross-site", "Expect: 100-continue", "Upgrade: h2c", "Cookie: a", "X-Forwarded-For: ::1",
        "Transfer-Encoding: chunked", "Transfer-Encoding: gzip, chunked", "Content-Length: -1", "Content-Length: 99999999999999999999", "Content-Length: 1, 2", ": nothing", "no colon", "a\tb: c",
    ];

    private static readonly string[] Queries =
    [
        "limit=", "limit=0", "limit=1e9", "status=", "status=,", "status=Running&status=Failed", "after=%00", "after=../", "from=-1", "to=x", "name=", "name=%00.txt", "name=../../a.txt",
        "download=1", "%", "&&&=", "a=%zz", "status=%ff", "limit=99999999999999999999",
    ];

    /// <summary>
    /// The next request. It asks for the connection to be closed, if it says anything that can be read. Whole: it ends where it says that it does, so that
    /// nobody waits for more of it.
    /// </summary>
    public (byte[] Bytes, bool IsWhole) Next()
    {
        if (random.Next(20) == 0)
            return (Noise(), false);
        var isWhole = true;
        var body = Bytes(random.Next(3) == 0 ? Mutate(Pick(Bodies)) : Pick(Bodies));
        var text = new StringBuilder();
        var (method, path) = random.Next(3) == 0 ? (Pick(Methods), Pick(Paths)) : Known[random.Next(Known.Length)];
        // Nothing is wrong with deleting a run: the others are to find it there.
        text.Append(method).Append(' ').Append(Target(method == "DELETE" ? path.Replace("/runs/a", "/runs/none", StringComparison.Ordinal) : path)).Append(random.Next(50) == 0 ? " HTTP/9.9" : " HTTP/1.1").Append("\r\n");
        if (random.Next(20) != 0)
            text.Append("Host: 127.0.0.1\r\n");
        if (random.Next(4) != 0)
            text.Append("Content-Type: application/json\r\n");
        for (var i = random.Next(4); i > 1; i--)
        {
            var header = Pick(Headers);
            var isMutated = random.Next(5) == 0;
            text.Append(isMutated ? Mutate(header) : header).Append("\r\n");
            isWhole &= !isMutated && !header.StartsWith("Content-Length", StringComparison.Ordinal) && !header.StartsWith("Transfer-Encoding", StringComparison.Ordinal);
        }

        if (random.Next(200) == 0)
            text.Append("X-Long: ").Append('x', random.Next(100_000)).Append("\r\n");
        text.Append("Connection: close\r\n");
        var length = random.Next(30) == 0 ? random.Next(-2, 5_000_000) : body.Length;
        text.Append("Content-Length: ").Append(length.ToString(CultureInfo.InvariantCulture)).Append("\r\n\r\n");
        var head = Encoding.UTF8.GetBytes(text.ToString());
        return ([.. head, .. body], isWhole && length == body.Length);
    }

    private string Target(string path)
    {
        if (random.Next(3) == 0)
            path = path.Replace("/a/", $"/{Pick(Ids)}/", StringComparison.Ordinal).Replace("/none", $"/{Pick(Ids)}", StringComparison.Ordinal).Replace("/crm", $"/{Pick(Ids)}", StringComparison.Ordinal);
        if (random.Next(4) == 0)
            path += $"?{Pick(Queries)}{(random.Next(3) == 0 ? "&" + Pick(Queries) : "")}";
        return random.Next(10) == 0 ? Mutate(path) : path;
    }

    private string Mutate(string text)
    {
        var changed = new StringBuilder(text);
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var at = random.Next(changed.Length + 1);
            if (random.Next(2) == 0 || changed.Length == 0)
                changed.Insert(at, (char)random.Next(random.Next(2) == 0 ? 128 : 0x3000));
            else
                changed.Remove(Math.Min(at, changed.Length - 1), 1);
        }

        return changed.ToString();
    }

    private byte[] Noise()
    {
        var noise = new byte[random.Next(1, 400)];
        random.NextBytes(noise);
        return noise;
    }

    private byte[] Bytes(string text) => random.Next(40) == 0 ? Encoding.Unicode.GetBytes(text) : Encoding.UTF8.GetBytes(text);

    private string Pick(string[] from) => from[random.Next(from.Length)];
}
