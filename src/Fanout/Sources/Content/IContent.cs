namespace Fanout.Sources;

/// <summary>The text behind a source's path, wherever it is kept.</summary>
internal interface IContent
{
    /// <summary>What messages call it.</summary>
    string Name { get; }

    /// <summary>True: it is read through a network, by whoever is asked to.</summary>
    bool IsRemote { get; }

    /// <summary>Refuses what cannot be read.</summary>
    /// <exception cref="SourceException">It is missing or unreadable.</exception>
    ValueTask CheckAsync(CancellationToken cancellationToken);

    /// <summary>Looks for a text that can be read from any place where it stands.</summary>
    /// <returns>Its version of now, as <see cref="PrepareAsync"/> gives it; null: it must be copied first.</returns>
    /// <exception cref="SourceException">It is missing or unreadable.</exception>
    ValueTask<ContentStamp?> FindAsync(CancellationToken cancellationToken);

    /// <summary>Makes the text readable from any place, copying it if it must be.</summary>
    /// <exception cref="SourceException">It cannot be read to its end.</exception>
    ValueTask<ContentStamp> PrepareAsync(ISourceWorkspace workspace, CancellationToken cancellationToken);

    /// <summary>Opens what <see cref="PrepareAsync"/> prepared.</summary>
    /// <exception cref="SourceException">It is gone or visibly changed.</exception>
    RecordText Open(ContentStamp stamp, ISourceWorkspace workspace);

    /// <summary>Compares with what <see cref="PrepareAsync"/> saw.</summary>
    /// <exception cref="SourceException">It is gone or changed.</exception>
    ValueTask VerifyAsync(ContentStamp stamp, ISourceWorkspace workspace, CancellationToken cancellationToken);
}
