using Fanout.Conformance.Sources;
using Fanout.Sources;
using Xunit;

namespace Fanout.Tests.Sources;

/// <summary>Memory does not grow with the source. Allocations of the whole process are counted, so nothing else may run meanwhile.</summary>
[Collection(nameof(CountsAllocations))]
public sealed class SourceMemoryTests : IDisposable
{
    private const int FileBytes = 64 << 20;
    private const int AllowedBytes = 8 << 20;

    private readonly TemporaryDirectory _directory = new();

    [Theory]
    [InlineData("lines", "some text of a line that says a thing or two about its item\n")]
    [InlineData("jsonl", "{\"id\":123456,\"name\":\"somebody\",\"tags\":[\"x\",\"y\"]}\n")]
    [InlineData("json", ",\n  {\"id\":123456,\"name\":\"somebody\",\"tags\":[\"x\",\"y\"]}")]
    [InlineData("csv", "123456,somebody,\"some, text\",\"and \"\"more\"\"\",0.5\n")]
    public async Task PlanningAndReadingAFile_AllocatesLittle(string kind, string item)
    {
        var path = WriteFile(kind, item);
        var source = SourceReading.Factory().Create(kind switch
        {
            "lines" => new LinesSourceSpec { Path = path },
            "jsonl" => new JsonlSourceSpec { Path = path },
            "json" => new JsonSourceSpec { Path = path },
            _ => new CsvSourceSpec { Path = path, Header = false },
        });
        var workspace = new DirectoryWorkspace(_directory["workspace"]);

        var before = GC.GetTotalAllocatedBytes(precise: true);
        var plan = await source.Plan(workspace);
        var read = await Count(source, plan, workspace);
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;

        Assert.Equal(plan.ItemCount, read);
        Assert.True(read > FileBytes / 100);
        Assert.InRange(allocated, 0, AllowedBytes);
    }

    public void Dispose() => _directory.Dispose();

    private static async Task<long> Count(ISource source, SourcePlan plan, DirectoryWorkspace workspace)
    {
        await using var reader = await source.OpenAsync(plan, workspace, 0, plan.ItemCount, CancellationToken.None);
        var read = 0L;
        while (await reader.WaitToReadAsync(CancellationToken.None))
        {
            while (reader.TryRead(out var item))
                read += item.Defect is null ? 1 : 0;
        }

        return read;
    }

    private string WriteFile(string kind, string item)
    {
        var path = _directory[kind];
        using var writer = new StreamWriter(path);
        if (kind == "json")
            writer.Write("[0");
        for (var i = 0; i < FileBytes / item.Length; i++)
            writer.Write(item);
        if (kind == "json")
            writer.Write("]");
        return path;
    }
}
