using System.Collections.Concurrent;
using Fanout.Sources;

namespace Fanout.Simulation.Runs;

/// <summary>What sources derived, in memory, for all processes.</summary>
internal sealed class SharedWorkspaces
{
    private readonly ConcurrentDictionary<string, Workspace> _all = new(StringComparer.Ordinal);

    public ISourceWorkspace Open(string runId) => _all.GetOrAdd(runId, _ => new Workspace());

    private sealed class Workspace : ISourceWorkspace
    {
        private readonly ConcurrentDictionary<string, MemoryStream> _created = new(StringComparer.Ordinal);
        private readonly ConcurrentDictionary<string, byte[]> _published = new(StringComparer.Ordinal);

        public Stream Create(string name) => _created[name] = new MemoryStream();

        public void Publish(string name) => _published[name] = _created[name].ToArray();

        public bool Exists(string name) => _published.ContainsKey(name);

        public Stream OpenRead(string name) =>
            _published.TryGetValue(name, out var bytes) ? new MemoryStream(bytes, writable: false) : throw new FileNotFoundException(name);
    }
}
