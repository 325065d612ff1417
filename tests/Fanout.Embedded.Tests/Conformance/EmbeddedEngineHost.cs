using Fanout.Conformance;
using Fanout.Embedded.Stores;
using Fanout.Orchestration;

namespace Fanout.Embedded.Tests.Conformance;

/// <summary>An embedded engine over a storage it owns.</summary>
internal sealed class EmbeddedEngineHost : IEngineHost
{
    private readonly EmbeddedStorage _storage;
    private readonly EmbeddedEngineOptions _options;
    private readonly Func<IEngineStore, IEngineStore> _wrap;
    private CrashableStore _store;
    private EmbeddedEngine _engine;

    public EmbeddedEngineHost(EmbeddedStorage storage, EmbeddedEngineOptions options, OrchestrationRegistry registry, Func<IEngineStore, IEngineStore>? wrap = null)
    {
        _storage = storage;
        _wrap = wrap ?? (store => store);
        _options = options with { DisposeGrace = TimeSpan.Zero };
        (_store, _engine) = Start(registry);
    }

    public IOrchestrationClient Client => _engine;

    public async Task CrashAsync()
    {
        _store.Crash();
        await _engine.DisposeAsync();
    }

    public async Task RestartAsync(OrchestrationRegistry registry, params string[] rootInstanceIds)
    {
        await CrashAsync();
        (_store, _engine) = Start(registry);
        foreach (var id in rootInstanceIds)
            await _engine.TryAttachAsync(id);
    }

    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        await _storage.DisposeAsync();
        if (_storage.DatabasePath is { } path)
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    private (CrashableStore Store, EmbeddedEngine Engine) Start(OrchestrationRegistry registry)
    {
        var store = new CrashableStore(_storage.Store);
        return (store, new EmbeddedEngine(_wrap(store), registry, _options, null, null));
    }
}
