using System.Collections.Concurrent;
using Fanout.Sources;

namespace Fanout.Tests.Results.Redriving;

/// <summary>A workspace in memory that shows files only once they are published.</summary>
internal sealed class MemoryWorkspace : ISourceWorkspace
{
    private readonly ConcurrentDictionary<string, MemoryStream> _created = [];
    private readonly ConcurrentDictionary<string, byte[]> _published = [];

    public Stream Create(string name) => _created[name] = new MemoryStream();

    public void Publish(string name) => _published[name] = _created[name].ToArray();

    public bool Exists(string name) => _published.ContainsKey(name);

    public Stream OpenRead(string name) => _published.TryGetValue(name, out var bytes)
        ? new MemoryStream(bytes, writable: false) : throw new FileNotFoundException(name);

    public void Cut(string name, int length) => _published[name] = _published[name][..length];
}
