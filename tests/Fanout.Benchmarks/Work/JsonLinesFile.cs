using System.Globalization;
using System.Text;
using Fanout.Benchmarks.Harness;

namespace Fanout.Benchmarks.Work;

/// <summary>Files of items: JSON objects, small ones or filled up to a length.</summary>
internal static class JsonLinesFile
{
    /// <summary>Bytes of an item that is not filled up, about.</summary>
    public const int SmallItem = 80;

    /// <summary>A file of so many items, the same ones every time.</summary>
    /// <param name="items">How many.</param>
    /// <param name="scratch">Where.</param>
    /// <param name="itemBytes">Length of each, about.</param>
    public static string Of(long items, Scratch scratch, int itemBytes = SmallItem) =>
        scratch.Shared(string.Create(CultureInfo.InvariantCulture, $"{items}x{itemBytes}.jsonl"), path => Write(path, items, itemBytes));

    private static void Write(string path, long items, int itemBytes)
    {
        var filling = itemBytes > SmallItem ? $",\"text\":\"{new string('x', itemBytes - SmallItem)}\"" : "";
        using var writer = new StreamWriter(path, append: false, new UTF8Encoding(false), bufferSize: 1 << 20);
        for (var i = 0L; i < items; i++)
        {
            writer.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"{{\"id\":{i},\"customer\":\"customer-{i % 1000:D4}\",\"amount\":{i % 10_000}.{(i % 90) + 10},\"tags\":[\"a\",\"b\"],\"paid\":true{filling}}}\n"));
        }
    }
}
