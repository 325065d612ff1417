using System.Buffers.Binary;
using Fanout.Conformance.Sources;
using Fanout.Results;
using Fanout.Sources;

namespace Fanout.Tests.Fuzzing;

/// <summary>Files of a run's own that a crash, a full disk or another version may have left otherwise than they should be.</summary>
internal static class StoredFiles
{
    private const string Path = "blob://abc/text";

    private static readonly byte[] Text = [.. Enumerable.Repeat("item\n"u8.ToArray(), 40).SelectMany(line => line)];

    /// <summary>The index of a text of 40 lines is what was read: items are found by it, or it is damaged.</summary>
    public static void ReadIndex(byte[] index) => ReadIndexAsync(index).GetAwaiter().GetResult();

    /// <summary>Offsets and items of a redrive: the first eight bytes are how long the offsets are.</summary>
    public static void ReadSpool(byte[] bytes) => ReadSpoolAsync(bytes).GetAwaiter().GetResult();

    /// <summary>What a plan says of the text it was made of.</summary>
    public static void ReadStamps(string text)
    {
        var stamp = ContentStamp.Parse(text.Split(" | ")[0], "a");
        FuzzTargets.Same(stamp, ContentStamp.Parse(stamp.ToString(), "a"));
        var split = TextSplit.Parse(text, "a");
        FuzzTargets.Same(split.ToString(), TextSplit.Parse(split.ToString(), "a").ToString());
    }

    private static async Task ReadIndexAsync(byte[] index)
    {
        var source = SourceReading.Factory(new ScanSettings { CellBytes = 8 }, remote: new MemoryRemote(Text)).Create(new LinesSourceSpec { Path = Path });
        var workspace = new MemoryWorkspace();
        var plan = await source.Plan(workspace).ConfigureAwait(false);
        workspace.Replace(WorkspaceFiles.Index, index);
        await source.Read(plan, workspace, 17, 23).ConfigureAwait(false);
    }

    private static async Task ReadSpoolAsync(byte[] bytes)
    {
        var cut = bytes.Length < 8 ? 0 : (int)Math.Clamp(BinaryPrimitives.ReadInt64LittleEndian(bytes), 0, bytes.Length - 8);
        var workspace = new MemoryWorkspace();
        workspace.Replace(SpoolFormat.OffsetsName, bytes.AsSpan(Math.Min(8, bytes.Length), cut).ToArray());
        workspace.Replace(SpoolFormat.ItemsName, bytes.AsSpan(Math.Min(8, bytes.Length) + cut).ToArray());
        var reader = await SpoolReader.OpenAsync(workspace, 0, 3, CancellationToken.None).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            while (await reader.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
            {
                while (reader.TryRead(out _))
                {
                }
            }
        }
    }
}
