// SPDX-License-Identifier: EUPL-1.2

/// One pass over an inbound folder, read on from where the last window ended.
package final class OfferScan {
    private let layout: Layout
    private let queue: String
    private var open: [(listing: FolderListing, folder: Folder)]
    private var way: [String] = []
    /// How many offers the pass has made.
    package private(set) var count = 0

    init(_ folder: Folder, layout: Layout, queue: String) throws(FileError) {
        self.layout = layout
        self.queue = queue
        open = [(try folder.listing(), folder)]
    }

    /// The next waiting messages, without the names in `skipped`; none when the pass is at its end.
    package func next(limit: Int, skipping skipped: Set<String>) throws(FileError) -> [InboundQueue.Offer] {
        var offers: [InboundQueue.Offer] = []
        while offers.count < limit, let current = open.last {
            guard let entry = try current.listing.next() else {
                open.removeLast()
                if !way.isEmpty { way.removeLast() }
                continue
            }
            let offer: InboundQueue.Offer
            switch layout.meaning(of: entry.name, depth: way.count, mayBeFolder: entry.mayBeFolder) {
            case .nothing:
                continue
            case .way:
                do {
                    if let folder = try current.folder.folderIfPresent(entry.name) {
                        open.append((try folder.listing(), folder))
                        way.append(entry.name)
                        continue
                    }
                    guard FolderListing.isInexact(entry.name) else { continue }
                } catch  where error.isForbidden {}
                // Offered itself it is told as what cannot be read, and the others are taken.
                offer = .init(queue: queue, way: way, key: entry.name)
            case .key:
                offer = .init(queue: queue, way: way, key: entry.name)
            case .message(let key):
                offer = .init(queue: queue, folders: way + [entry.name], key: key)
            }
            // Of names that look alike each comes by.
            if FolderListing.isInexact(offer.name), offers.contains(offer) { continue }
            if !skipped.contains(offer.name) { offers.append(offer) }
        }
        count += offers.count
        return offers.sorted { $0.name < $1.name }
    }
}
