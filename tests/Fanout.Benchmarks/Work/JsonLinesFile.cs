using System.Globalization;
using System.Text;
using Fanout.Benchmarks.Harness;

namespace Fanout.Benchmarks.Work;

/// <summary>Small items: JSON objects of about 80 bytes.</summary>
internal static class JsonLinesFile
{
    /// <summary>A file of so many items, the same ones every time.</summary>
    public static string Of(long items, Scratch scratch) =>
        scratch.Shared(string.Create(CultureInfo.InvariantCulture, $"{items}.jsonl"), path => Write(path, items));

    private static void Write(string path, long items)
    {
        using var writer = new StreamWriter(path, append: false, new UTF8Encoding(false), bufferSize: 1 << 20);
        for (var i = 0L; i < items; i++)
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"{{\"id\":{i},\"customer\":\"customer-{i % 1000:D4}\",\"amount\":{i % 10_000}.{(i % 90) + 10},\"tags\":[\"a\",\"b\"],\"paid\":true}}\n"));
    }
}
