using System.Globalization;
using System.Text;

namespace Fanout.Benchmarks.Work;

/// <summary>Small items: JSON objects of about 80 bytes.</summary>
internal static class JsonLinesFile
{
    /// <summary>Writes them, the same ones every time.</summary>
    public static string Create(string path, long items)
    {
        using var writer = new StreamWriter(path, append: false, new UTF8Encoding(false), bufferSize: 1 << 20);
        for (var i = 0L; i < items; i++)
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"{{\"id\":{i},\"customer\":\"customer-{i % 1000:D4}\",\"amount\":{i % 10_000}.{i % 90 + 10},\"tags\":[\"a\",\"b\"],\"paid\":true}}\n"));
        return path;
    }
}
