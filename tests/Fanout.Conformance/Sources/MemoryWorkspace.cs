using Fanout.Sources;

namespace Fanout.Conformance.Sources;

/// <summary>A workspace without a disk, for properties that plan many times.</summary>
internal sealed class MemoryWorkspace : ISourceWorkspace
{
    private readonly Dictionary<string, MemoryStream> _created = [];
    private readonly Dictionary<string, byte[]> _published = [];

    public Stream Create(string name) => _created[name] = new MemoryStream();

    public void Publish(string name) => _published[name] = _created[name].ToArray();

    public bool Exists(string name) => _published.ContainsKey(name);

    public Stream OpenRead(string name) =>
        _published.TryGetValue(name, out var bytes) ? new MemoryStream(bytes, writable: false) : throw new FileNotFoundException(name);

    public void Delete(string name) => _published.Remove(name);

    public void Replace(string name, byte[] bytes) => _published[name] = bytes;
}
