using System.Text;
using Fanout.Results;

namespace Fanout.Tests.Results;

/// <summary>A file store in a directory of its own, deleted with it.</summary>
internal sealed class TemporaryStore : IDisposable
{
    public TemporaryStore()
    {
        Root = Directory.CreateTempSubdirectory("fanout-results-").FullName;
        Store = new FileResultStore(Root);
    }

    public string Root { get; }

    public FileResultStore Store { get; }

    /// <summary>Writes a part whose first bytes count and whose torn tail does not.</summary>
    public async Task<PartRef> AddPartAsync(string runId, string name, IReadOnlyList<ResultLine> lines, string tornTail = "")
    {
        var bytes = TestLines.ToBytes(lines);
        await using var writer = await Store.CreatePartAsync(runId, name, CancellationToken.None);
        await writer.AppendAsync(bytes, CancellationToken.None);
        await writer.AppendAsync(Encoding.UTF8.GetBytes(tornTail), CancellationToken.None);
        return new PartRef(name, bytes.Length, lines.Count, lines.Min(line => line.Index), lines.Max(line => line.Index));
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
