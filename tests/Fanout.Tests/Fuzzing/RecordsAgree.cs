using Fanout.Conformance.Sources;
using Fanout.Sources;

namespace Fanout.Tests.Fuzzing;

/// <summary>A text gives the same records whatever the blocks it is read in, however it is cut when it is planned, and wherever a range begins.</summary>
internal static class RecordsAgree
{
    private const string Path = "blob://abc/text";

    public static void Csv(byte[] text)
    {
        foreach (var (header, delimiter) in ((bool, char)[])[(true, ','), (false, ';')])
            Check(text, new CsvSourceSpec { Path = Path, Header = header, Delimiter = delimiter });
    }

    public static void Jsonl(byte[] text) => Check(text, new JsonlSourceSpec { Path = Path });

    public static void Json(byte[] text) => Check(text, new JsonSourceSpec { Path = Path });

    public static void Lines(byte[] text) => Check(text, new LinesSourceSpec { Path = Path });

    // All in memory: nothing here really waits.
    private static void Check(byte[] text, FileSourceSpec spec) => CheckAsync(text, spec with { MaxItemBytes = 64 }).GetAwaiter().GetResult();

    private static async Task CheckAsync(byte[] text, FileSourceSpec spec)
    {
        var whole = await ReadAsync(text, spec, new ScanSettings(), ranges: 1).ConfigureAwait(false);
        foreach (var block in (int[])[1, 3, 16])
        {
            var settings = new ScanSettings { BlockBytes = block, CellBytes = 2, MaxIndexEntries = 4, PartBytes = Math.Max(block, text.Length / 8) };
            foreach (var ranges in (int[])[1, 3])
            {
                var cut = await ReadAsync(text, spec, settings, ranges).ConfigureAwait(false);
                if (whole.Refusal != cut.Refusal || !whole.Items.SequenceEqual(cut.Items))
                    throw new InvalidOperationException($"In blocks of {block} and {ranges} ranges:\n{Show(cut)}\nbut as a whole:\n{Show(whole)}");
            }
        }

        if (whole.Refusal is not null)
            throw new SourceException(whole.Refusal);
    }

    private static async Task<(List<ReadItem> Items, string? Refusal)> ReadAsync(byte[] text, FileSourceSpec spec, ScanSettings settings, int ranges)
    {
        var items = new List<ReadItem>();
        try
        {
            var source = SourceReading.Factory(settings, remote: new MemoryRemote(text)).Create(spec);
            var workspace = new MemoryWorkspace();
            var plan = await source.Plan(workspace).ConfigureAwait(false);
            for (var range = 0; range < ranges; range++)
            {
                var (start, end) = (plan.ItemCount * range / ranges, plan.ItemCount * (range + 1) / ranges);
                if (start < end)
                    items.AddRange(await source.Read(plan, workspace, start, end).ConfigureAwait(false));
            }

            return (items, null);
        }
        catch (SourceException refused)
        {
            return ([], refused.Message);
        }
    }

    private static string Show((List<ReadItem> Items, string? Refusal) read) => read.Refusal ?? string.Join('\n', read.Items);
}
