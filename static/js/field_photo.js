// A photograph from the camera: what it says of time and place is read first, then it is made smaller and hashed.
"use strict";
(() => {
  const field = window.weidongField;
  const FITS = 400000; // bytes: a JPEG this small and within the pixels is kept as it is
  const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

  const picture = async (file) => {
    if (window.createImageBitmap) {
      try {
        return await createImageBitmap(file, { imageOrientation: "from-image" });
      } catch {
        // older browsers know no options, or not this format
      }
    }
    const image = new Image();
    image.src = URL.createObjectURL(file);
    await image.decode();
    return image;
  };
  const smaller = async (file) => {
    const image = await picture(file);
    const [width, height] = [image.naturalWidth || image.width, image.naturalHeight || image.height];
    const [wide, high] = field.shrunk(width, height);
    if (wide === width && file.type === "image/jpeg" && file.size <= FITS) return file;
    const canvas = Object.assign(document.createElement("canvas"), { width: wide, height: high });
    canvas.getContext("2d").drawImage(image, 0, 0, wide, high);
    const made = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.8));
    return made || file;
  };

  // Keeps it on this phone with the draft `row` that lists it from now on, for `item` or (null) for the site.
  field.takePhoto = async (file, row, item) => {
    const said = field.exif(await file.slice(0, 262144).arrayBuffer());
    const blob = await smaller(file);
    const bytes = await blob.arrayBuffer();
    const sha256 = hex(await crypto.subtle.digest("SHA-256", bytes));
    if (row.photos.some((photo) => photo.sha256 === sha256)) return; // the same picture chosen twice
    row.photos.push({ sha256, item, size: bytes.byteLength, ...said });
    await field.store.putPhoto({ sha256, bytes, type: blob.type || "image/jpeg" }, row);
  };
})();
